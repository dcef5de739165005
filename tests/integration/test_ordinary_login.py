"""A login that may create roles, and owns its database, is enough: no superuser is needed."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from customer360.database.connection import connect, dsn
from customer360.database.setup import ensure_database
from customer360.landing.loader import load_file
from customer360.settings import Settings

ROLES = ("loader", "transformer", "steward", "bi", "pii", "privacy", "operator")


@pytest.fixture
def ordinary(server: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database that belongs to a login without superuser rights."""
    name = f"owner_{uuid.uuid4().hex[:12]}"
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # Roles belong to the whole server; this is what whoever creates one has of it.
            cursor.execute(f"create role {name} login createrole")
            cursor.execute(f"create database {name} owner {name}")
            for role in ROLES:
                options = "admin true, inherit false, set false"
                cursor.execute(f"grant c360_{role} to {name} with {options}")
    url = make_dsn(dsn(server, name), user=name)
    yield Settings(data_dir=tmp_path / "data", database_url=url, _env_file=None)
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"drop database {name} with (force)")
            for role in ROLES:
                cursor.execute(f"revoke c360_{role} from {name} cascade")
            cursor.execute(f"drop role {name}")


def test_an_ordinary_login_sets_up_and_loads(ordinary: Settings) -> None:
    ensure_database(ordinary)
    ensure_database(ordinary)
    file = ordinary.landing_dir / "shop" / "products" / "products.csv"
    file.parent.mkdir(parents=True)
    file.write_text("product_id,name,category,cost,price\n1,Bell,Bikes,2,5\n")
    assert load_file(ordinary, file).rows_loaded == 1
    for role in ("c360_transformer", "c360_operator"):
        with connect(ordinary, role=role) as connection, connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (role,)
