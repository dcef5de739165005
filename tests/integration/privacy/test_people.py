"""Nobody reads what tells who somebody is unless it is theirs to read, and that is noted."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

import pytest
import yaml
from psycopg2.errors import InsufficientPrivilege
from psycopg2.sql import SQL, Identifier

from customer360.exporting.exporter import export
from customer360.privacy.keys import PSEUDONYM, digest, session_options
from customer360.settings import PROJECT_DIR
from tests.integration.privacy.conftest import People
from tests.integration.privacy.logins import TABLES, by_login


def datasets_of_dashboards(connection: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the query of every dataset that Superset shows by a connection."""
    folder = PROJECT_DIR / "bi" / "superset" / "assets" / "datasets" / connection
    for file in sorted(folder.glob("*.yaml")):
        dataset = yaml.safe_load(file.read_text())
        table = f"{dataset['schema']}.{dataset['table_name']}"
        columns = [f'"{one["column_name"]}"' for one in dataset["columns"] if not one["expression"]]
        source = f"({dataset['sql']}) as shown" if dataset["sql"] else table
        yield dataset["table_name"], f"select {', '.join(columns)} from {source} limit 1"


def test_dashboards_need_no_personal_data(people: People) -> None:
    with by_login(people, "c360_bi") as connection, connection.cursor() as cursor:
        for name, query in datasets_of_dashboards("warehouse"):
            cursor.execute(query)
            assert cursor.rowcount >= 0, name


def test_a_search_of_people_needs_the_right_to_personal_data(people: People) -> None:
    ((_, query),) = datasets_of_dashboards("warehouse_personal")
    with by_login(people, "c360_pii") as connection, connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.rowcount == 1
    with (
        by_login(people, "c360_bi") as connection,
        connection.cursor() as cursor,
        pytest.raises(InsufficientPrivilege),
    ):
        cursor.execute(query)


def identifiers(people: People) -> set[str]:
    """Return every address, number, device and id of people that was ever delivered."""
    found = people.admin(
        "select identifier from warehouse.bridge_customer_identifiers_personal"
        " union select vin from warehouse.dim_vehicles_personal where vin is not null"
        " union select manager from warehouse.dim_stores_personal where manager is not null"
        " union select agent_name from warehouse.dim_agents_personal where agent_name is not null"
        " union select street from warehouse.dim_customers_personal where street is not null"
        " union select first_name || ' ' || last_name from warehouse.dim_customers_personal"
        " where first_name is not null and last_name is not null"
    )
    return {str(identifier) for (identifier,) in found}


def test_nothing_that_bi_reads_tells_who_somebody_is(people: People) -> None:
    known = identifiers(people)
    assert len(known) > 1000
    leaks = set()
    with by_login(people, "c360_bi") as connection, connection.cursor() as cursor:
        for schema, table, _ in people.admin(TABLES):
            if schema == "warehouse" and not str(table).endswith("_personal"):
                cursor.execute(SQL("select * from {}").format(Identifier("warehouse", str(table))))
                names = [column.name for column in cursor.description or ()]
                for row in cursor:
                    pairs = zip(names, row, strict=True)
                    leaks |= {f"{table}.{name}" for name, value in pairs if value in known}
    assert leaks == set()


def test_extracts_for_bi_tell_no_identifier(people: People) -> None:
    known = {value for value in identifiers(people) if "@" in value or value.startswith("+")}
    done = export(people.settings, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    text = "".join(path.read_text() for path in done.directory.glob("*.csv"))
    assert not [value for value in known if value in text]
    assert not list(done.directory.glob("*_personal*"))


def test_pseudonyms_join_and_need_the_key(people: People) -> None:
    rows = people.admin(
        "select identifier, identifier_pseudonym"
        " from warehouse.bridge_customer_identifiers_personal"
    )
    assert rows
    for identifier, pseudonym in rows:
        assert digest(people.settings, PSEUDONYM, str(identifier))[:32] == pseudonym
        assert hashlib.sha256(str(identifier).encode()).hexdigest()[:32] != pseudonym
    devices = people.admin(
        "select count(*), count(bridge.customer_id) from (select distinct device_pseudonym"
        " from warehouse.fct_digital_events where identified_by = 'device') as events"
        " left join warehouse.bridge_customer_identifiers as bridge"
        " on device_pseudonym = identifier_pseudonym"
    )
    ((events, joined),) = devices
    assert events == joined
    assert isinstance(events, int)
    assert events > 0
    masked = people.admin("select email_masked from warehouse.dim_customers where has_email")
    assert masked
    assert all(re.fullmatch(r".\*\*\*@[^@]+", str(value)) for (value,) in masked)


def test_the_key_is_the_owners_alone_and_in_no_artefact(people: People) -> None:
    path = people.settings.pseudonym_key_path
    assert path.stat().st_mode & 0o777 == 0o600
    key = path.read_text().strip()
    padded = {value for value in _settings_of_a_session(people) if len(value) == 128}
    assert len(padded) == 2
    for file in people.settings.data_dir.rglob("*"):
        if file.is_file() and file != path and "base" not in file.parts:
            content = file.read_bytes()
            assert not any(secret.encode() in content for secret in {key, *padded}), file
    assert not any(value in text for value in padded for text in _statements_seen(people))


def _settings_of_a_session(people: People) -> list[str]:
    return re.findall(r"=([0-9a-f]+)", session_options(people.settings, PSEUDONYM))


def _statements_seen(people: People) -> list[str]:
    texts = [str(query) for (query,) in people.admin("select query from pg_stat_activity")]
    return [*texts, (PROJECT_DIR / "dbt_project" / "profiles.yml").read_text()]


def test_rows_are_confined_to_countries(people: People) -> None:
    ((everyone, germans),) = people.admin(
        "select count(*), count(*) filter (where country_code = 'DE') from warehouse.dim_customers"
    )
    assert isinstance(germans, int)
    assert isinstance(everyone, int)
    assert 0 < germans < everyone
    people.admin(
        "insert into ops.country_access (login, country_code) values ('login_bi_germany', 'DE')"
    )
    assert counted(people, "bi_germany", "dim_customers") == germans
    assert counted(people, "bi_germany", "customer_360") == germans
    assert counted(people, "c360_bi", "dim_customers") == everyone
    ((all_sales, german_sales),) = people.admin(
        "select count(*), count(*) filter (where country_code = 'DE')"
        " from warehouse.fct_transactions"
        " left join warehouse.dim_customers using (customer_id)"
    )
    assert german_sales != all_sales
    assert counted(people, "bi_germany", "fct_transactions") == german_sales
    assert counted(people, "c360_bi", "fct_transactions") == all_sales
    with by_login(people, "bi_germany") as connection:  # a role that it may take on frees nobody
        connection.cursor().execute("set role c360_bi")
        cursor = connection.cursor()
        cursor.execute("select count(*) from warehouse.dim_customers")
        assert cursor.fetchone() == (germans,)


def test_rows_are_confined_also_where_several_processes_read(people: People) -> None:
    for role in ("bi_germany", "c360_bi"):
        for table in ("dim_customers", "fct_transactions"):
            expected = counted(people, role, table)
            with by_login(people, role) as connection, connection.cursor() as cursor:
                for setting in ("parallel_setup_cost", "parallel_tuple_cost"):
                    cursor.execute(SQL("set {} = 0").format(Identifier(setting)))
                cursor.execute("set min_parallel_table_scan_size = 0")
                cursor.execute("set parallel_leader_participation = off")
                cursor.execute("set max_parallel_workers_per_gather = 2")
                query = SQL("select count(*) from {}").format(Identifier("warehouse", table))
                cursor.execute(SQL("explain (analyze, costs off) {}").format(query))
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Parallel" in plan, plan
                cursor.execute(query)
                assert cursor.fetchone() == (expected,)


def counted(people: People, role: str, table: str) -> int:
    with by_login(people, role) as connection, connection.cursor() as cursor:
        cursor.execute(SQL("select count(*) from {}").format(Identifier("warehouse", table)))
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def test_reads_of_personal_data_are_noted(people: People) -> None:
    noted = "select relation, login, application_name from ops.personal_reads where login like 'l%'"
    before = len(people.admin(noted))
    log = people.settings.data_dir / "postgres" / "log"
    with by_login(people, "c360_pii") as connection, connection.cursor() as cursor:
        cursor.execute("select * from warehouse.dim_customers")
        cursor.execute(
            "select customer_id from warehouse.dim_customers_personal where email = 'x@y.example'"
        )
        connection.commit()
        told = log.read_text().count("login_c360_pii reads personal data of dim_customers_personal")
        cursor.execute("select * from warehouse.dim_customers_personal limit 1")
        connection.rollback()  # takes the row back, and not what the server's log says
    assert people.admin(noted)[before:] == [
        ("dim_customers_personal", "login_c360_pii", "a reader's tool")
    ]
    again = log.read_text().count("login_c360_pii reads personal data of dim_customers_personal")
    assert (told >= 1, again) == (True, told + 1)
