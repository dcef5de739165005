"""Precision and recall are kept as counts; the truth stays outside the database."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.identity.commands import evaluate_identity
from customer360.identity.evaluation import NoIdentity, NoTruth, evaluate
from customer360.publishing.builds import NoBuild
from customer360.settings import Settings

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TRUTH = "source,source_id,person_id\nshop,1,H1\nshop,2,H1\nshop,3,H2\ncrm,9,H1\nshop,8,H3\n"


def execute(settings: Settings, sql: str) -> None:
    with connect(settings) as connection, connection:
        connection.cursor().execute(sql)


def begin_build(settings: Settings) -> None:
    execute(settings, "insert into ops.builds values ('b1', 'i1', 'build', null, now())")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """A folder with the truth about five records."""
    (tmp_path / "records.csv").write_text(TRUTH)
    return tmp_path


@pytest.fixture
def matched(database: Settings) -> Settings:
    """Four records in two customers: 1 and 3 wrongly together, crm:9 missed."""
    begin_build(database)
    execute(
        database,
        """
        create table identity.identity_customers (source_customer_key text, customer_id text);
        insert into identity.identity_customers values
            ('shop:1', 'C1'), ('shop:2', 'C1'), ('shop:3', 'C1'), ('crm:9', 'C2'), ('x:1', 'C3');
        create table identity.identity_links (match_rule text, left_key text, right_key text);
        insert into identity.identity_links values
            ('same_email', 'shop:1', 'shop:2'), ('same_email', 'shop:1', 'shop:3');
        grant select on all tables in schema identity to c360_transformer;
        """,
    )
    return database


def test_counts_are_kept_with_the_build(matched: Settings, truth: Path) -> None:
    evaluation = evaluate(matched, truth, NOW)
    with connect(matched, role="c360_transformer") as connection, connection.cursor() as cursor:
        cursor.execute(
            "select build_id, records, records_only_in_truth, records_only_in_warehouse, people,"
            " customers, true_pairs, found_pairs, correct_pairs, over_merged_customers,"
            " split_people from ops.identity_evaluations where evaluation_id = %s",
            [evaluation.evaluation_id],
        )
        assert cursor.fetchall() == [("b1", 4, 1, 1, 2, 2, 3, 3, 1, 1, 1)]
        cursor.execute("select match_rule, links, correct_links from ops.identity_rule_evaluations")
        assert cursor.fetchall() == [("same_email", 2, 1)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("delete from ops.identity_evaluations")


def test_command_prints_precision_and_recall(matched: Settings, truth: Path) -> None:
    console = Console(record=True, width=160)
    assert evaluate_identity(matched, console, NOW, truth) == 0
    text = console.export_text()
    assert "0.3333" in text
    assert "links by same_email" in text
    assert "1 customers are several people, 1 people are several customers" in text


def test_what_is_missing_is_said(database: Settings, truth: Path, tmp_path: Path) -> None:
    with pytest.raises(NoBuild):
        evaluate(database, truth, NOW)
    begin_build(database)
    with pytest.raises(NoIdentity, match="customer360 build"):
        evaluate(database, truth, NOW)
    with pytest.raises(NoTruth, match="There is no"):
        evaluate(database, tmp_path / "elsewhere", NOW)
    (truth / "records.csv").write_text("id,name\n1,Ann\n")
    console = Console(record=True, width=160)
    assert evaluate_identity(database, console, NOW, truth) == 1
    assert "is no truth file" in console.export_text()
