"""The review queue as a steward sees it, on two pairs that wait."""

import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.identity.evaluation import NoIdentity
from customer360.identity.review import review_queue, show_queue
from customer360.settings import Settings

NO_WEIGHTS = ", ".join(["0"] * 5)


@pytest.fixture
def doubtful(database: Settings) -> Settings:
    """Two doubtful pairs, the second nearer to the threshold."""
    with connect(database) as connection, connection:
        connection.cursor().execute(
            f"""
            create table identity.identity_review_pairs (
                left_key text, right_key text, is_one_customer boolean, match_weight float8,
                match_probability float8, first_name_weight float8, last_name_weight float8,
                birth_date_weight float8, email_weight float8, phone_weight float8,
                address_weight float8, review_rank bigint
            );
            insert into identity.identity_review_pairs values
                ('crm:1', 'shop:2', true, 1.5, 0.74, 9.25, {NO_WEIGHTS}, 2),
                ('crm:[3]', 'shop:4', false, -0.5, 0.41, -7.5, {NO_WEIGHTS}, 1);
            """
        )
    return database


def test_the_most_doubtful_pair_comes_first(doubtful: Settings) -> None:
    waiting, pairs = review_queue(doubtful, 1)
    assert waiting == 2
    assert [(pair.left_key, pair.right_key) for pair in pairs] == [("crm:[3]", "shop:4")]
    assert pairs[0].weights == (-7.5, 0, 0, 0, 0, 0)


def test_queue_is_printed_with_what_to_do(doubtful: Settings) -> None:
    console = Console(record=True, width=80)
    assert show_queue(doubtful, console, 20) == 0
    text = console.export_text()
    assert "2 of 2 doubtful pairs" in text
    assert "crm:[3]" in text
    assert "+9.2" in text
    assert "74 %" in text
    assert "customer360 identity explain crm:[3] shop:4" in text


def test_nothing_to_review_and_no_identity_are_said(database: Settings) -> None:
    with pytest.raises(NoIdentity, match="customer360 build"):
        review_queue(database, 1)
    console = Console(record=True, width=80)
    assert show_queue(database, console, 1) == 1
    assert "customer360 build" in console.export_text()
