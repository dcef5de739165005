"""What `customer360 lifetime predict` shows for a history that is typed in."""

import pytest

from customer360.lifetime.prediction import History, prediction_table
from customer360.lifetime.purchasing import BG_NBD, PurchaseModel
from customer360.lifetime.spending import SpendModel

MODEL = PurchaseModel(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, name=BG_NBD)
SPEND = SpendModel(p=6.25, q=3.74, v=15.44)


def euros(history: History) -> list[str]:
    return [str(cell) for cell in prediction_table(MODEL, SPEND, history, 0.1).columns[3].cells]


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (History(3, 201, 200), "between the first one and today"),
        (History(5, 3, 200), "days of their own"),
        (History(0, 50, 200), "recency of 0 days"),
        (History(3, 100, 200, 0.0), "more than 0"),
        (History(3, 100, 200, float("inf")), "more than 0"),
    ],
)
def test_a_history_that_nobody_can_have_is_refused(history: History, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prediction_table(MODEL, SPEND, history, 0.1)


def test_without_an_amount_there_is_no_money() -> None:
    assert euros(History(3, 100, 200)) == ["", "", ""]


def test_who_bought_once_is_expected_to_spend_as_all_do() -> None:
    """Gamma-Gamma knows repeat purchases; without one its mean of all customers counts."""
    assert all(float(text) > 0 for text in euros(History(0, 0, 10)))


def test_money_grows_with_the_mean_amount() -> None:
    low, high = (euros(History(3, 100, 200, amount)) for amount in (20.0, 80.0))
    assert all(float(one) < float(other) for one, other in zip(low, high, strict=True))
