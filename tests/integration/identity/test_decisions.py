"""Stewards' decisions: kept in ops, followed by each build, undone by a further one."""

from collections.abc import Iterator

import psycopg2
import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.identity.decisions import (
    CannotDecide,
    Decision,
    Kind,
    decide_pair,
    list_decisions,
    undo_decision,
)
from customer360.identity.steward_commands import decide, show_decisions, undo
from customer360.settings import Settings
from tests.conftest import fresh_database
from tests.integration.identity.conftest import build, deliver

WHY = ("ann", "She told us so on the telephone.")
MAIL = "ann@example.com"
RECORDS = [
    ("1", "Ann", "Bell", MAIL, "", "DE", "2024-01-01"),
    ("2", "Ann", "Bell", MAIL, "", "DE", "2024-01-02"),
    ("5", "Carl", "Doe", "carl@example.com", "", "DE", "2024-01-05"),
    ("6", "Carlo", "Doe", "carlo@example.com", "", "DE", "2024-01-06"),
]
Groups = set[frozenset[str]]


def groups(customer_ids: dict[str, str]) -> Groups:
    """Return the records of each customer that has more than one."""
    members: dict[str, set[str]] = {}
    for record, customer_id in customer_ids.items():
        members.setdefault(customer_id, set()).add(record)
    return {frozenset(records) for records in members.values() if len(records) > 1}


def keys(left: str, right: str) -> tuple[str, str]:
    return f"shop:{left}", f"shop:{right}"


@pytest.fixture(scope="module")
def steward(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database with four records, of which two are one customer by their address."""
    with fresh_database(server, tmp_path_factory.mktemp("decisions")) as settings:
        ensure_database(settings)
        deliver(settings, "day1.csv", RECORDS)
        yield settings


def test_decisions_outrank_the_matching_and_survive(steward: Settings) -> None:
    """Linked and unlinked, delivered again and built in full, undone."""
    assert groups(build(steward).customer_ids) == {frozenset("12")}
    unlinked = decide_pair(steward, "unlink", keys("2", "1"), WHY)
    decide_pair(steward, "link", keys("5", "6"), WHY)
    assert groups(build(steward).customer_ids) == {frozenset("56")}
    again = [(*row[:6], "2024-02-02") for row in reversed(RECORDS)]
    deliver(steward, "day2.csv", [*again, ("7", "Ann", "Bell", MAIL, "", "DE", "2024-03-01")])
    with_seven = groups(build(steward, "--full-refresh").customer_ids)
    assert frozenset("56") in with_seven
    assert len({frozenset("17"), frozenset("27")} & with_seven) == 1
    undo_decision(steward, unlinked.decision_id, ("bob", "It was her brother who called."))
    assert groups(build(steward).customer_ids) == {frozenset("127"), frozenset("56")}


@pytest.fixture
def recorded(database: Settings) -> Settings:
    """A database in which identity knows two records."""
    with connect(database) as connection, connection:
        connection.cursor().execute(
            "create table identity.identity_records as"
            " select 'shop:' || number as source_customer_key from generate_series(1, 2) as number;"
            "grant select on identity.identity_records to c360_transformer"
        )
    return database


def test_decision_says_who_when_and_why(recorded: Settings) -> None:
    made = decide_pair(recorded, "link", keys("2", "1"), WHY)
    assert (made.left_key, made.right_key) == keys("1", "2")
    assert (made.decided_by, made.reason) == WHY
    undone = undo_decision(recorded, made.decision_id, WHY)
    newest, oldest = list_decisions(recorded)
    assert newest == undone
    assert oldest == Decision(**{**vars(made), "undone_by": undone.decision_id})


def test_decisions_are_appended_and_never_changed(recorded: Settings) -> None:
    decide_pair(recorded, "link", keys("1", "2"), WHY)
    for statement in ("delete from {}", "update {} set reason = 'other'"):
        with (
            connect(recorded, role="c360_operator") as connection,
            connection.cursor() as cursor,
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
        ):
            cursor.execute(statement.format("ops.identity_decisions"))


@pytest.mark.parametrize(
    ("kind", "pair", "why", "message"),
    [
        ("link", ("1", "1"), WHY, "is one record"),
        ("link", ("1", "9"), WHY, "No source has a record shop:9"),
        ("unlink", ("1", "2"), ("ann", " "), "Say why"),
    ],
)
def test_what_decides_nothing_is_refused(
    recorded: Settings, kind: Kind, pair: tuple[str, str], why: tuple[str, str], message: str
) -> None:
    with pytest.raises(CannotDecide, match=message):
        decide_pair(recorded, kind, keys(*pair), why)
    assert list_decisions(recorded) == []


def test_nothing_is_undone_twice_and_no_undoing_is(recorded: Settings) -> None:
    made = decide_pair(recorded, "unlink", keys("1", "2"), WHY)
    undone = undo_decision(recorded, made.decision_id, WHY)
    with pytest.raises(CannotDecide, match="taken back already"):
        undo_decision(recorded, made.decision_id, WHY)
    for decision_id in (undone.decision_id, 99):
        with pytest.raises(CannotDecide, match="There is no link or unlink"):
            undo_decision(recorded, decision_id, WHY)


def test_before_the_first_build_nothing_can_be_decided(database: Settings) -> None:
    with pytest.raises(CannotDecide, match="customer360 build"):
        decide_pair(database, "link", keys("1", "2"), WHY)


def test_commands_say_what_was_kept(recorded: Settings) -> None:
    console = Console(record=True, width=160)
    assert show_decisions(recorded, console) == 0
    assert decide(recorded, console, "unlink", keys("1", "2"), WHY) == 0
    assert decide(recorded, console, "link", keys("1", "9"), WHY) == 1
    assert undo(recorded, console, 1, ("bob", "A mistake.")) == 0
    assert show_decisions(recorded, console) == 0
    text = console.export_text()
    assert "Nothing was decided yet" in text
    assert "Decision 1: unlink shop:1 shop:2. The next build follows it." in text
    assert "No source has a record shop:9" in text
    assert "She told us so" in text
    assert "undo 1" in text
