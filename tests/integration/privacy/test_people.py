"""Who may do what with which table: every cell, by `set role` and by logins with passwords."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import yaml
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from customer360.exporting.exporter import export
from customer360.privacy.keys import PSEUDONYM, digest, session_options
from customer360.settings import PROJECT_DIR
from tests.integration.privacy.conftest import ROLES, People

VERBS = ("select", "insert", "update", "delete", "truncate")
ALL = set(VERBS)
READ = {"select"}
APPEND = {"select", "insert"}
BUILT = r"(seeds|staging|identity|intermediate|history|warehouse(_next|_previous)?)\..+"
OWN_LOADER = {
    r"raw\..+": ALL,
    r"ops\.(load_batches|pull_steps|tombstones|erased_rows|redacted_files)": APPEND,
    r"ops\.quarantined_rows": APPEND | {"delete"},
    r"ops\.erasures": READ,
}
OWN_TRANSFORMER = {
    BUILT: ALL,
    r"raw\..+": READ,
    r"ops\.(builds|node_results|lifetime_\w+)": APPEND,
    r"ops\.(load_batches|quarantined_rows|pull_steps|gate_results|publications)": READ,
    r"ops\.(identity_((rule_)?evaluations|models|weights|decisions|secrets)|erasures)": READ,
}
# The first pattern that fits says what a role may do; what none fits it may not touch.
RIGHTS: dict[str, dict[str, set[str]]] = {
    "c360_loader": OWN_LOADER,
    "c360_transformer": OWN_TRANSFORMER,
    "c360_steward": {r"identity\..+": READ},
    "c360_bi": {r"warehouse\.\w+_personal": set(), r"(warehouse|operations)\..+": READ},
    "c360_pii": {r"(warehouse|operations)\..+": READ},
    "c360_privacy": {
        r"ops\.country_access": {"select", "insert", "delete"},
        r"ops\.(personal_reads|load_batches)": READ,
        r"ops\.(quarantined_rows|identity_decisions|gate_failed_rows)": {"select", "delete"},
        r"ops\.(erasures|tombstones|erased_rows|redacted_files)": APPEND,
        r"(raw|staging|identity|intermediate|history|warehouse(_next|_previous)?)\..+": {
            "select",
            "delete",
        },
    },
    "c360_operator": {
        r"operations\..+|ops\.run_log": READ,
        r"ops\.(gate_results|gate_overrides|publications|task_runs)": APPEND,
        r"ops\.identity_((rule_)?evaluations|models|weights|decisions)": APPEND,
        r"ops\.gate_failed_rows": APPEND | {"delete"},
        **OWN_TRANSFORMER,
    },
}
TABLES = """
    select nspname, relname, relkind from pg_class
    inner join pg_namespace on relnamespace = pg_namespace.oid
    where relkind in ('r', 'p', 'v') and nspname !~ '^pg_|^information_schema$'
    order by 1, 2
"""


@contextmanager
def by_role(people: People, role: str) -> Iterator[Connection]:
    """The owner's connection, acting as a role."""
    with connect(people.settings, role=role) as connection:
        yield connection


@contextmanager
def by_login(people: People, role: str) -> Iterator[Connection]:
    """A login's own connection."""
    connection = people.login(role)
    try:
        yield connection
    finally:
        connection.close()


def statements(people: People, schema: str, table: str) -> dict[str, SQL]:
    """Return a statement for each verb that does nothing, or cannot be mistaken for forbidden."""
    ((column,),) = people.admin(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attgenerated = '' and attidentity = '' limit 1",
        [f'"{schema}"."{table}"'],
    )
    names = {"table": Identifier(schema, table), "column": Identifier(str(column))}
    return {
        "select": SQL("select * from {table} limit 1").format(**names),
        "insert": SQL("insert into {table} ({column}) select null where false").format(**names),
        "update": SQL("update {table} set {column} = null where false").format(**names),
        "delete": SQL("delete from {table} where false").format(**names),
        "truncate": SQL("truncate {table}").format(**names),
    }


def may(connection: Connection, statement: SQL) -> bool:
    """Tell whether the server lets the role; any other trouble, as of a view, is not its say."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            return False
        except psycopg2.Error:
            return True
        finally:
            connection.rollback()
    return True


def expected(role: str, table: str) -> set[str]:
    fitting = (verbs for pattern, verbs in RIGHTS[role].items() if re.fullmatch(pattern, table))
    return next(fitting, set())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("way", [by_role, by_login], ids=["set role", "login"])
def test_every_cell_of_the_matrix(people: People, role: str, way: object) -> None:
    wrong = []
    tables = people.admin(TABLES)
    assert len(tables) > 150
    with way(people, role) as connection:  # type: ignore[operator]
        for schema, table, kind in tables:
            allowed = expected(role, f"{schema}.{table}")
            for verb, statement in statements(people, str(schema), str(table)).items():
                is_possible = kind != "v" or verb == "select"  # nobody writes through a view
                if is_possible and may(connection, statement) != (verb in allowed):
                    wrong.append(f"{role} {verb} {schema}.{table}: not as it should be")
    assert wrong == []


def test_no_role_is_a_superuser_or_logs_in_by_itself(people: People) -> None:
    found = people.admin(
        "select rolname, rolsuper or rolcreaterole or rolcreatedb or rolreplication"
        " or rolbypassrls or rolcanlogin from pg_roles where rolname like 'c360%' order by 1"
    )
    assert found == [(role, False) for role in sorted(ROLES)]


def test_owners_own_what_they_write_and_nothing_else(people: People) -> None:
    found = people.admin(
        "select distinct pg_get_userbyid(relowner), nspname from pg_class"
        " inner join pg_namespace on relnamespace = pg_namespace.oid"
        " where pg_get_userbyid(relowner) like 'c360%' and nspname !~ '^pg_toast'"
    )
    built = {"seeds", "staging", "identity", "intermediate", "history", "warehouse"}
    own = {owner: {schema for name, schema in found if name == owner} for owner, _ in found}
    own["c360_transformer"].discard("warehouse_previous")  # other tests publish, or do not
    assert own == {"c360_loader": {"raw"}, "c360_transformer": built | {"warehouse_next"}}


def test_a_wrong_password_is_refused(people: People) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        people.login("c360_bi", password=str(people.port))


def test_a_new_table_is_closed_until_it_is_opened(people: People) -> None:
    with connect(people.settings, role="c360_transformer") as connection, connection:
        connection.cursor().execute("create table warehouse.new_mart as select 1 as amount")
    read = SQL("select * from warehouse.new_mart")
    with by_login(people, "c360_bi") as bi, by_login(people, "c360_pii") as pii:
        assert (may(bi, read), may(pii, read)) == (False, False)
        people.admin("grant select on warehouse.new_mart to c360_bi")
        assert (may(bi, read), may(pii, read)) == (True, False)
    people.admin("drop table warehouse.new_mart")


def datasets_of_dashboards() -> Iterator[tuple[str, str]]:
    """Yield the name and the query of every dataset that Superset shows."""
    for file in sorted((PROJECT_DIR / "bi" / "superset" / "assets" / "datasets").rglob("*.yaml")):
        dataset = yaml.safe_load(file.read_text())
        table = f"{dataset['schema']}.{dataset['table_name']}"
        columns = [f'"{one["column_name"]}"' for one in dataset["columns"] if not one["expression"]]
        source = f"({dataset['sql']}) as shown" if dataset["sql"] else table
        yield dataset["table_name"], f"select {', '.join(columns)} from {source} limit 1"


def test_dashboards_need_no_personal_data(people: People) -> None:
    with by_login(people, "c360_bi") as connection, connection.cursor() as cursor:
        for name, query in datasets_of_dashboards():
            cursor.execute(query)
            assert cursor.rowcount >= 0, name


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
