"""What is documented is what stands in the database: columns, and the queries of the runbooks."""

import re
from datetime import UTC, datetime

import pytest

from customer360.identity.evaluation import evaluate
from customer360.settings import PROJECT_DIR
from tests.integration.marts.warehouse import Warehouse

RUNBOOK_QUERIES = [
    pytest.param(query, id=f"{page.stem}-{number}")
    for page in sorted((PROJECT_DIR / "docs" / "runbooks").glob("*.md"))
    for number, query in enumerate(re.findall(r"```sql\n(.*?)```", page.read_text(), re.DOTALL))
]
UNDESCRIBED = """
    select nspname || '.' || relname || '.' || attname as name
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
    where
        nspname in ('staging', 'identity', 'intermediate', 'warehouse_next')
        and relkind in ('r', 'v', 'p')
        and attnum > 0
        and not attisdropped
        and coalesce(col_description(pg_class.oid, attnum), '') = ''
"""


def test_every_column_that_dbt_made_is_described(generated: Warehouse) -> None:
    assert generated.frame(UNDESCRIBED)["name"].tolist() == []


@pytest.mark.parametrize("query", RUNBOOK_QUERIES)
def test_queries_of_runbooks_run(generated: Warehouse, query: str) -> None:
    generated.frame(query.replace("warehouse.", "warehouse_next."))  # nothing is published here


def test_match_quality_counts_what_identity_holds(generated: Warehouse) -> None:
    ((records, customers, pairs),) = generated.frame(
        """
        select sum(size), count(*), sum(size * (size - 1) / 2)
        from (select count(*) as size from identity.identity_customers group by customer_id) as c
        """
    ).itertuples(index=False)
    rows = generated.frame("select * from warehouse_next.match_quality").set_index("topic")
    for topic in ("all", "cluster_size", "given_names", "birth_dates", "emails"):
        found = rows.loc[[topic], ["records", "customers", "found_pairs"]].sum()
        assert found.tolist() == [records, customers, pairs]


def test_match_quality_shows_the_comparison_with_the_truth(generated: Warehouse) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    evaluation = evaluate(generated.settings, generated.settings.data_dir / "truth", now)
    generated.build("+int_match_evaluations_summarised", "match_quality")
    shown = generated.frame(
        "select * from warehouse_next.match_quality where is_newest_evaluation and subject = 'all'"
    )
    (row,) = shown.to_dict("records")
    assert row["evaluation_id"] == evaluation.evaluation_id
    assert float(row["precision_share"]) == pytest.approx(evaluation.pairs.precision, abs=1e-6)
    assert float(row["recall_share"]) == pytest.approx(evaluation.pairs.recall, abs=1e-6)
    assert evaluation.pairs.records_only_in_truth == 0
    assert evaluation.pairs.records_only_in_warehouse == 0
