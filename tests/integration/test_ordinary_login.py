"""A login that may create roles, and owns its database, is enough: no superuser is needed."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from customer360.bi.home import METADATA_LOGIN, SupersetHome
from customer360.bi.local_superset import ensure_metadata_database
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
            cursor.execute(f"create role {name} login createrole createdb")
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
            cursor.execute(f"drop database if exists {name}_superset with (force)")
            cursor.execute(f"drop role if exists {METADATA_LOGIN}")
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


def test_an_ordinary_login_hands_superset_its_own_database(ordinary: Settings) -> None:
    home = SupersetHome(ordinary)
    home.directory.mkdir(parents=True)
    home.prepare()
    ensure_metadata_database(home)
    with connect(ordinary, database=home.metadata_database) as connection:
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        cursor = connection.cursor()
        cursor.execute(owner)
        assert cursor.fetchone() == (METADATA_LOGIN,)
        # As of a database that was made before it had an owner of its own.
        cursor.execute(f"set role {METADATA_LOGIN}; grant create on schema public to public")
        cursor.execute(
            "reset role; create table made_before (key serial); create type mood as enum ()"
        )
        connection.commit()
    ensure_metadata_database(home)
    with connect(ordinary, database=home.metadata_database, role=METADATA_LOGIN) as connection:
        cursor = connection.cursor()
        cursor.execute("alter table made_before add column value mood; drop table made_before")
