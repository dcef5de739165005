"""One in a hundred is erased, every file ever landed comes again, and all is built anew."""

import gzip
import random
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.privacy.erasure import ROLE, erase
from customer360.privacy.subject import Subject, find_subject
from customer360.settings import Settings
from tests.integration.privacy.conftest import People, build

_WORD = re.compile(r"[\w@.+-]+")
_SPEND = "select customer_id, orders, gross_spend, net_spend from warehouse.customer_360"


def words_of(names: list[str]) -> set[str]:
    """Return what a search for a source key or an identifier looks for."""
    return {name.partition(":")[2].lower() or name.lower() for name in names}


def words_in_tables(settings: Settings) -> set[str]:
    found: set[str] = set()
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            query = SQL("select held::text from {} as held").format(Identifier(schema, table))
            cursor.execute(query)
            for (row,) in cursor:
                found.update(_WORD.findall(str(row).lower()))
    return found


def words_in_files(settings: Settings) -> set[str]:
    """Search what the pipeline wrote; the server's own files and the truth are not its."""
    found: set[str] = set()
    for path in settings.data_dir.rglob("*"):
        if path.is_file() and not {"postgres", "truth"} & set(path.parts):
            found.update(_WORD.findall(text_of(path).lower()))
    return found


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pd.read_parquet(path).to_csv())
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def subjects(settings: Settings, chosen: list[str]) -> list[Subject]:
    with connect(settings, role=ROLE) as connection, connection.cursor() as cursor:
        return [find_subject(cursor, customer_id) for customer_id in chosen]


def spend(people: People) -> dict[object, tuple[Decimal, ...]]:
    return {row[0]: row[1:] for row in people.admin(_SPEND)}  # type: ignore[misc]


def test_one_percent_is_gone_and_stays_away(people: People, tmp_path: Path) -> None:
    settings = people.settings
    before = spend(people)
    buyers = sorted(str(key) for key, (orders, *_) in before.items() if orders)
    chosen = random.Random(5).sample(
        buyers, max(len(before) // 100, 5)
    )
    erased = subjects(settings, chosen)
    others = people.admin(
        "select source_customer_key from identity.identity_customers where customer_id <> all(%s)",
        [chosen],
    )
    names = {word for one in erased for word in words_of(one.values)}
    names -= words_of([str(key) for (key,) in others])  # two systems may give one id to two people
    shutil.copytree(settings.landing_dir, tmp_path / "landing")
    assert names <= words_in_tables(settings) | words_in_files(settings)
    for customer_id in chosen:
        assert erase(settings, customer_id, requested_by="a test", reason="article 17")
    assert names & words_in_tables(settings) == set()
    assert names & words_in_files(settings) == set()

    shutil.copytree(tmp_path / "landing", settings.landing_dir, dirs_exist_ok=True)
    for path in pending_files(settings):
        load_file(settings, path)
    build(settings)
    assert names & words_in_tables(settings) == set()
    assert names & words_in_files(settings) == set()
    after = spend(people)
    assert after == {key: value for key, value in before.items() if key not in chosen}
