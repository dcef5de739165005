"""`customer360 lifetime …` as a person types it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from customer360.database.connection import connect
from customer360.lifetime.histories import SpendHistories
from customer360.settings import Settings
from customer360.transformation.build import build_lock
from tests.integration.lifetime.conftest import Generated
from tests.terminal import Terminal, url_of

Refuse = Callable[[dt.date, str, str], None]
HISTORY = ("3", "100", "200")
_REFUSAL = """
    insert into ops.lifetime_fits (
        as_of_date, process, model, is_chosen, status, reason, customers, library_version
    ) values (%s, %s, %s, true, 'refused', 'only 7 customers came back', 9, 'test')
"""


class Lifetime:
    """`customer360 lifetime …` against one database."""

    def __init__(self, terminal: Terminal, settings: Settings) -> None:
        self._terminal, self._settings = terminal, settings

    def say(self, *arguments: str, exit_code: int = 0) -> str:
        """Return what the command prints, in one line."""
        variables = {"data_dir": self._settings.data_dir, "database_url": url_of(self._settings)}
        code, words = self._terminal.say(("lifetime", *arguments), **variables)
        assert code == exit_code, words
        return words


@pytest.fixture
def lifetime(terminal: Terminal, fitted: Generated) -> Lifetime:
    return Lifetime(terminal, fitted.warehouse.settings)


@pytest.fixture
def refuse(fitted: Generated) -> Iterator[Refuse]:
    """Note a fit as refused, until the test ends."""
    settings = fitted.warehouse.settings

    def note(as_of_date: dt.date, process: str, model: str) -> None:
        with connect(settings) as connection, connection, connection.cursor() as cursor:
            cursor.execute(_REFUSAL, [as_of_date, process, model])

    yield note
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute("delete from ops.lifetime_fits where library_version = 'test'")


@pytest.fixture
def as_of_date(fitted: Generated) -> dt.date:
    frame = fitted.warehouse.frame("select as_of_date from intermediate.int_as_of_date_resolved")
    found = frame.iloc[0, 0]
    assert isinstance(found, dt.date)
    return found


def test_predict_takes_the_fit_of_the_newest_data(
    lifetime: Lifetime, refuse: Refuse, as_of_date: dt.date
) -> None:
    """A replay of a past day leaves a fit of older data with a greater id."""
    before = lifetime.say("predict", *HISTORY)
    assert f"fitted to purchases up to {as_of_date}" in before
    refuse(as_of_date - dt.timedelta(days=90), "purchases", "bg_nbd")
    refuse(as_of_date + dt.timedelta(days=1), "purchases", "bg_nbd")
    assert lifetime.say("predict", *HISTORY) == before


def test_predict_says_why_a_fit_was_refused(
    lifetime: Lifetime, refuse: Refuse, as_of_date: dt.date
) -> None:
    refuse(as_of_date, "spend", "gamma_gamma")
    words = lifetime.say("predict", *HISTORY, "--mean-amount", "20")
    assert "gamma_gamma was refused: only 7 customers came back" in words
    refuse(as_of_date, "purchases", "bg_nbd")
    words = lifetime.say("predict", *HISTORY, exit_code=1)
    message = f"No model of purchases fits the data up to {as_of_date}: only 7 customers came back."
    assert message in words


def test_fit_prints_and_keeps_every_parameter(lifetime: Lifetime, fitted: Generated) -> None:
    newest = "select max(fit_id) from ops.lifetime_fits"
    before = fitted.warehouse.frame(newest).iloc[0, 0]
    words = lifetime.say("fit")
    kept = fitted.warehouse.frame(
        "select parameters.*, fits.log_likelihood from ops.lifetime_fits as fits"
        " inner join ops.lifetime_parameters as parameters on fits.fit_id = parameters.fit_id"
        f" where fits.fit_id > {before}"
    )
    assert sorted(kept["parameter"]) == sorted([*("r", "alpha", "a", "b") * 2, "p", "q", "v"])
    for row in kept.itertuples():
        assert f"{row.parameter} {row.value:.4f} {row.standard_error:.4f}" in words
        assert f"{row.log_likelihood:,.2f}" in words
    assert words.count("(not") == 1


def test_fit_warns_of_amounts_that_the_model_does_not_have_and_others_repeat_it(
    lifetime: Lifetime, fitted: Generated, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "customers spent on average" not in lifetime.say("fit")
    rng = np.random.default_rng(3)
    amounts = np.exp(rng.normal(3, 1, 2_000))
    repeats = rng.geometric(0.4, 2_000)
    histories = SpendHistories.of_customers(repeats, amounts * rng.gamma(9, 1 / 9, 2_000))
    with monkeypatch.context() as patch:
        patch.setattr("customer360.lifetime.fitting.read_spend", lambda _: histories)
        words = lifetime.say("fit")
    kept = "select warning, fit_id from ops.lifetime_fits where warning is not null"
    ((warning, fit_id),) = fitted.warehouse.frame(kept).to_numpy().tolist()
    assert "more than the" in warning
    for said in (words, lifetime.say("predict", *HISTORY), lifetime.say("compare-with-truth")):
        assert f"gamma_gamma: {warning}." in said
    with (
        connect(fitted.warehouse.settings) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("delete from ops.lifetime_parameters where fit_id = %s", [fit_id])
        cursor.execute("delete from ops.lifetime_fits where fit_id = %s", [fit_id])


def test_fit_and_backtest_wait_for_no_build(lifetime: Lifetime, fitted: Generated) -> None:
    with build_lock(fitted.warehouse.settings):
        for command in ("fit", "backtest"):
            assert "A build runs on this database" in lifetime.say(command, exit_code=75)


def test_backtest_prints_and_keeps_every_measure(lifetime: Lifetime, fitted: Generated) -> None:
    newest = "select max(backtest_id) from ops.lifetime_backtests"
    before = fitted.warehouse.frame(newest).iloc[0, 0]
    words = lifetime.say("backtest")
    kept = fitted.warehouse.frame(
        f"select * from ops.lifetime_backtest_results where backtest_id = ({newest})"
    )
    assert set(kept["backtest_id"]) == {before + 1}
    assert kept["cut_off_date"].nunique() == 3
    for row in kept.itertuples():
        star = "*" if row.is_baseline else ""
        brier = "" if row.target == "value" else f"{row.brier_score:.3f} "
        assert (
            f"{row.cut_off_date} {row.target} {row.model}{star} {row.auc:.3f} "
            f"{row.lift_top_decile:,.3f} {brier}{row.mean_predicted:,.3f} {row.mean_observed:,.3f}"
        ) in words


def test_backtest_says_which_number_loses_to_which_baseline(
    lifetime: Lifetime, fitted: Generated
) -> None:
    """The words of the command and the rows of the gate over the marts are the same."""
    words = lifetime.say("backtest")
    fitted.build_marts("int_lifetime_backtests_summarised", "model_backtests")
    gate = fitted.warehouse.compiled_tests("marts")["assert_models_beat_their_baselines"]
    lost = fitted.warehouse.frame(gate)
    assert set(lost["model"]) == {"health"}, "who leaves is known better by recency alone"
    assert set(lost["measure"]) >= {"auc", "brier_score"}
    for row in lost.itertuples():
        sentence = f"{row.model} does worse than {row.baseline} at {row.target}: {row.measure}"
        assert f"{sentence} {row.mean_value:.3f} against {row.baseline_value:.3f}." in words
    assert words.count("does worse than") == len(lost)


def test_compare_with_truth_prints_how_near_it_comes(
    lifetime: Lifetime, fitted: Generated, tmp_path: Path
) -> None:
    words = lifetime.say("compare-with-truth")
    known = fitted.warehouse.frame(
        "select count(probability_alive) as customers"
        " from warehouse_next.customer_purchase_forecasts"
    )
    numbers = re.search(
        r"of ([\d,]+) customers .* by recency alone .* ([\d,]+) customers are", words
    )
    assert numbers is not None, words
    compared, left_out = (int(text.replace(",", "")) for text in numbers.groups())
    assert compared > 400
    assert compared + left_out == known.iloc[0, 0]
    assert lifetime.say("compare-with-truth", "--truth", str(fitted.truth)) == words
    nowhere = lifetime.say("compare-with-truth", "--truth", str(tmp_path), exit_code=1)
    assert "There is no" in nowhere


@pytest.mark.parametrize("command", [("predict", *HISTORY), ("fit",), ("backtest",)])
def test_a_database_without_anything_is_a_plain_sentence(
    database: Settings, terminal: Terminal, command: tuple[str, ...]
) -> None:
    with connect(database) as connection, connection, connection.cursor() as cursor:
        cursor.execute("drop schema ops cascade")
    words = Lifetime(terminal, database).say(*command, exit_code=1)
    assert "`customer360 build` first" in words
