"""A table of another Postgres comes in one snapshot, as its values are, and only what is new."""

import datetime as dt
from collections.abc import Iterator

import psycopg2
import pytest

from customer360.extracting import postgres
from customer360.extracting.outcomes import PullFailed
from tests.integration.extracting.conftest import NOW, Puller, execute

PULL = "{kind: postgres, connection: source, table: sales.things, watermark: updated_at}"
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _things(other_database: str) -> Iterator[None]:
    execute(
        other_database,
        "create schema sales; create table sales.things (id int primary key, name text, "
        "updated_at timestamptz not null default '2025-01-01 00:00Z', price numeric(12, 2))",
    )
    yield
    execute(other_database, "drop schema sales cascade")


def test_values_arrive_as_they_are(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    execute(
        other_database,
        "insert into sales.things values (1, 'Zoë \"the\", best', '2025-01-15 23:30+02', 1.10), "
        "(2, '', default, null), (3, null, default, 0), (4, E'two\\nlines', default, -5)",
    )
    pieces, watermark = puller.run(other_database)
    assert [piece.rows for piece in pieces] == [4]
    assert watermark == "2025-01-15 21:30:00+00"
    puller.load()
    assert puller.rows(
        "select id, name, updated_at, _extra ->> 'price' from raw.test__things order by id"
    ) == [
        ("1", 'Zoë "the", best', "2025-01-15 21:30:00+00", "1.10"),
        ("2", "", "2025-01-01 00:00:00+00", None),
        ("3", None, "2025-01-01 00:00:00+00", "0.00"),
        ("4", "two\nlines", "2025-01-01 00:00:00+00", "-5.00"),
    ]


def test_only_what_changed_comes_next_time(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    execute(other_database, "insert into sales.things values (1, 'a'), (2, 'b')")
    puller.run(other_database)
    execute(
        other_database,
        "update sales.things set name = 'new', updated_at = '2025-02-01Z' where id = 2;"
        "insert into sales.things values (3, 'c', '2025-02-02Z')",
    )
    pieces, watermark = puller.run(other_database, now=LATER)
    assert (pieces[0].rows, watermark) == (3, "2025-02-02 00:00:00+00")  # 1 has the old watermark
    assert puller.names() == {"1": "a", "2": "new", "3": "c"}
    pieces, _ = puller.run(other_database, now=LATER + dt.timedelta(hours=1))
    assert pieces[0].rows == 1


def test_a_row_with_the_last_watermark_is_not_missed(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    execute(other_database, "insert into sales.things values (1, 'a')")
    puller.run(other_database)
    execute(other_database, "insert into sales.things values (2, 'committed later')")
    puller.run(other_database, now=LATER)
    assert puller.names() == {"1": "a", "2": "committed later"}


def test_an_overlap_takes_what_was_committed_late(puller: Puller, other_database: str) -> None:
    puller.define(PULL.replace("}", ", overlap_seconds: 600}"), file_format="csv")
    execute(other_database, "insert into sales.things values (1, 'a')")
    puller.run(other_database)
    execute(other_database, "insert into sales.things values (2, 'b', '2024-12-31 23:55Z')")
    puller.run(other_database, now=LATER)
    assert puller.names() == {"1": "a", "2": "b"}


def test_nothing_new_is_no_file(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    assert puller.run(other_database) == ([], None)
    execute(other_database, "insert into sales.things values (1, 'a')")
    puller.run(other_database)
    (again,), watermark = puller.run(other_database, now=LATER)
    assert (again.file_name, watermark) == (None, "2025-01-01 00:00:00+00")
    assert len(puller.files) == 1


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("int", "9", "10"), ("date", "'2025-01-09'", "'2025-01-10'"), ("numeric", "9.5", "10.25")],
)
def test_any_ordered_column_is_a_watermark(
    puller: Puller, other_database: str, kind: str, first: str, second: str
) -> None:
    puller.define(PULL, file_format="csv")
    execute(
        other_database,
        "alter table sales.things drop updated_at; "
        f"alter table sales.things add updated_at {kind}; "
        f"insert into sales.things (id, updated_at) values (1, {first})",
    )
    puller.run(other_database)
    execute(other_database, f"insert into sales.things (id, updated_at) values (2, {second})")
    _, watermark = puller.run(other_database, now=LATER)
    assert watermark == second.strip("'")
    assert puller.names().keys() == {"1", "2"}


def test_a_wrong_date_in_the_future_does_not_move_the_watermark(
    puller: Puller, other_database: str
) -> None:
    puller.define(PULL, file_format="csv")
    execute(
        other_database,
        "insert into sales.things values "
        "(1, 'a', default), (2, 'b', '2037-01-01Z'), (3, 'c', 'infinity')",
    )
    assert puller.run(other_database)[1] == "2025-01-01 00:00:00+00"
    assert puller.names().keys() == {"1", "2", "3"}


def test_rows_without_a_watermark_come_every_time(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    execute(
        other_database,
        "alter table sales.things alter updated_at drop not null;"
        "insert into sales.things values (1, 'a', default), (2, 'b', null)",
    )
    puller.run(other_database)
    execute(other_database, "update sales.things set name = 'new' where id = 2")
    puller.run(other_database, now=LATER)
    assert puller.names() == {"1": "a", "2": "new"}


def test_a_table_without_a_watermark_is_pulled_whole(puller: Puller, other_database: str) -> None:
    puller.define("{kind: postgres, connection: source, table: sales.things}", "csv")
    for minute, names in enumerate((("a", "b"), ("a", "x"), ("a", "x"), ("a", "b"))):
        execute(
            other_database,
            "truncate sales.things; "
            f"insert into sales.things values (1, '{names[0]}'), (2, '{names[1]}')",
        )
        puller.run(other_database, now=NOW + dt.timedelta(minutes=minute))
        assert puller.names() == dict(zip("12", names, strict=True))
    assert len(puller.files) == 3


def test_everything_can_be_asked_for(puller: Puller, other_database: str) -> None:
    puller.define(PULL, file_format="csv")
    execute(
        other_database, "insert into sales.things values (1, 'a', default), (2, 'b', '2025-02-01Z')"
    )
    puller.run(other_database)
    execute(other_database, "update sales.things set name = 'silently changed' where id = 1")
    puller.run(other_database, now=LATER)
    assert puller.names()["1"] == "a"
    puller.run(other_database, now=LATER + dt.timedelta(hours=1), full=True)
    assert puller.names()["1"] == "silently changed"


def test_the_snapshot_is_one(puller: Puller, other_database: str) -> None:
    """What is committed while rows are copied is in the next pull, and so is its watermark."""
    puller.define(PULL, file_format="csv")
    execute(
        other_database, "insert into sales.things select n, 'x' from generate_series(1, 50) as n"
    )
    original = postgres._copy

    def meddling(*arguments: object) -> None:
        original(*arguments)  # type: ignore[arg-type]
        execute(other_database, "insert into sales.things values (99, 'late', '2025-03-01Z')")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "_copy", meddling)
        pieces, watermark = puller.run(other_database)
    assert (pieces[0].rows, watermark) == (50, "2025-01-01 00:00:00+00")
    puller.run(other_database, now=LATER)
    assert "99" in puller.names()


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (PULL.replace("sales.things", "sales.nothing"), "no column updated_at"),
        ("{kind: postgres, connection: source, table: sales.nothing}", "does not exist"),
        (PULL.replace("updated_at", "changed"), "no column changed"),
        (
            "{kind: postgres, connection: source, table: 'sales.things\"; drop table x; --'}",
            "does not exist",
        ),
    ],
)
def test_what_is_not_there_is_named(
    puller: Puller, other_database: str, definition: str, says: str
) -> None:
    puller.define(definition, file_format="csv")
    with pytest.raises(PullFailed, match=says):
        puller.run(other_database)
    assert puller.files == []


def test_a_server_that_is_away_is_tried_again_later(puller: Puller) -> None:
    puller.define(PULL, file_format="csv")
    with pytest.raises(psycopg2.OperationalError) as failure:
        puller.run("postgresql://someone:s3cret@127.0.0.1:1/nowhere")
    assert "s3cret" not in str(failure.value)
    with pytest.raises(PullFailed, match="no URL of a Postgres") as wrong:
        puller.run("postgresql//someone:s3cret@nowhere")
    assert "s3cret" not in str(wrong.value)


def test_the_other_database_is_only_read(puller: Puller, other_database: str) -> None:
    puller.define(PULL.replace("sales.things", "sales.writing"), file_format="csv")
    execute(
        other_database,
        "create function sales.write() returns timestamptz language sql as "
        "$$ insert into sales.things values (1) returning updated_at $$; "
        "create view sales.writing as select 1 as id, sales.write() as updated_at",
    )
    with pytest.raises((PullFailed, psycopg2.Error), match="read-only"):
        puller.run(other_database)


def test_a_table_without_a_required_column_is_refused_before_it_is_pulled(
    puller: Puller, other_database: str
) -> None:
    puller.define(PULL, file_format="csv", required="[id, name, updated_at]")
    execute(other_database, "insert into sales.things values (1, 'a')")
    puller.run(other_database)
    execute(other_database, "alter table sales.things rename name to label")
    with pytest.raises(
        PullFailed, match=r"sales\.things at connection source has no column name, .* label, "
    ):
        puller.run(other_database, now=LATER, full=True)
    assert len(puller.files) == 1
    execute(
        other_database, """create view sales.v as select id, label as "Name" from sales.things"""
    )
    puller.define("{kind: postgres, connection: source, table: sales.v}", "csv", required="[name]")
    puller.run(other_database, now=LATER, full=True)
    assert {result.status for result in puller.load()} == {"loaded"}
