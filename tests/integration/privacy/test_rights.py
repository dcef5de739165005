"""Who may do what with which table: every cell, by `set role` and by logins with passwords."""

import re

import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from tests.integration.privacy.conftest import ROLES, People
from tests.integration.privacy.logins import TABLES, by_login, by_role, may

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

READERS = {"c360_bi", "c360_pii"}
BUILDERS = {"c360_transformer", "c360_operator"}
# What a role may do with which schemas; a role that owns one may make tables in it.
SCHEMAS: dict[str, dict[str, set[str]]] = {
    "c360_loader": {"raw": {"usage", "create"}, "ops|public": {"usage"}},
    "c360_steward": {"identity|ops|public": {"usage"}},
    "c360_privacy": {
        r"raw|staging|identity|intermediate|history|warehouse(_next|_previous)?": {"usage"},
        "ops|public": {"usage"},
    },
    "c360_bi": {"warehouse|operations|public": {"usage"}},
    "c360_pii": {"warehouse|operations|public": {"usage"}},
    "c360_transformer": {
        BUILT.removesuffix(r"\..+"): {"usage", "create"},
        "raw|ops|public": {"usage"},
    },
    "c360_operator": {
        BUILT.removesuffix(r"\..+"): {"usage", "create"},
        "raw|ops|operations|public": {"usage"},
    },
}
# Who may call which of our functions. What is not named here nobody may.
FUNCTIONS: dict[str, set[str]] = {
    "load_setting": {*ROLES},  # this one and the next tell nothing and change nothing
    "cleaned": {*ROLES},
    "hold_new_builds": {"c360_operator"},
    "pseudonym": BUILDERS,
    "throwaway_key": BUILDERS,
    "renew_throwaway_key": BUILDERS,
    "reads_every_country": READERS,
    "readable_countries": READERS,
    "readable_customers": READERS,
    "note_personal_read": {"c360_pii"},
    "tombstone_digest": {"c360_loader", "c360_privacy"},
}


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


def expected(rights: dict[str, set[str]], name: str) -> set[str]:
    fitting = (verbs for pattern, verbs in rights.items() if re.fullmatch(pattern, name))
    return next(fitting, set())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("way", [by_role, by_login], ids=["set role", "login"])
def test_every_cell_of_the_matrix(people: People, role: str, way: object) -> None:
    wrong = []
    tables = people.admin(TABLES)
    assert len(tables) > 150
    with way(people, role) as connection:  # type: ignore[operator]
        for schema, table, kind in tables:
            allowed = expected(RIGHTS[role], f"{schema}.{table}")
            for verb, statement in statements(people, str(schema), str(table)).items():
                is_possible = kind != "v" or verb == "select"  # nobody writes through a view
                if is_possible and may(connection, statement) != (verb in allowed):
                    wrong.append(f"{role} {verb} {schema}.{table}: not as it should be")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("way", [by_role, by_login], ids=["set role", "login"])
def test_every_schema_and_function(people: People, role: str, way: object) -> None:
    with way(people, role) as connection, connection.cursor() as cursor:  # type: ignore[operator]
        cursor.execute(
            "select nspname, has_schema_privilege(oid, 'usage'),"
            " has_schema_privilege(oid, 'create')"
            " from pg_namespace where nspname !~ '^pg_|^information_schema$'"
        )
        found = {
            name: {verb for verb, held in (("usage", usage), ("create", create)) if held}
            for name, usage, create in cursor.fetchall()
        }
        cursor.execute(
            "select proname, has_function_privilege(oid, 'execute') from pg_proc"
            " where pronamespace = 'ops'::regnamespace"
        )
        functions = {str(name): bool(held) for name, held in cursor.fetchall()}
    assert found == {name: expected(SCHEMAS[role], name) for name in found}
    assert functions == {name: role in FUNCTIONS.get(name, set()) for name in functions}
    assert functions.keys() == FUNCTIONS.keys()


def test_views_look_with_the_rights_of_who_reads(people: People) -> None:
    """But for those of `operations`, which show what became of loads and gates, and no row."""
    found = people.admin(
        "select distinct nspname from pg_class"
        " inner join pg_namespace on relnamespace = pg_namespace.oid"
        " where relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false)"
        " and (has_table_privilege('c360_bi', pg_class.oid, 'select')"
        " or has_table_privilege('c360_pii', pg_class.oid, 'select'))"
        " and has_schema_privilege('c360_pii', nspname, 'usage')"
        " and nspname !~ '^pg_|^information_schema$|^public$'"
    )
    assert found == [("operations",)]


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
