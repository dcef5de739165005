"""Which models do worse than a baseline, and by which number.

The test assert_models_beat_their_baselines says the same of the marts; a test holds the two equal.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from customer360.lifetime.backtesting.forecasts import SIMPLE
from customer360.lifetime.backtesting.measures import Measures
from customer360.lifetime.backtesting.runner import Result

# Each measure by the name of its column, and whether more of it is better.
MEASURES: dict[str, tuple[Callable[[Measures], float | None], bool]] = {
    "auc": (lambda found: found.auc, True),
    "lift_top_decile": (lambda found: found.lift_top_decile, True),
    "brier_score": (lambda found: found.brier_score, False),
}


@dataclass(frozen=True)
class Loss:
    """Means over the cut-offs, the model's being the worse."""

    target: str
    model: str
    measure: str
    value: float
    baseline: str
    baseline_value: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        return (
            f"{self.model} does worse than {self.baseline} at {self.target}: {self.measure} "
            f"{self.value:.3f} against {self.baseline_value:.3f}."
        )


def losses(results: Sequence[Result]) -> Iterator[Loss]:
    """Yield every comparison that a model loses; the simple formula is there to be compared."""
    models = dict.fromkeys(
        (result.forecast.target, result.forecast.model, result.forecast.is_baseline)
        for result in results
        if result.forecast.model != SIMPLE
    )
    for target, model, is_baseline in models:
        rivals = [name for of, name, rival in models if of == target and rival]
        for baseline in () if is_baseline else rivals:
            yield from _lost(results, target, model, baseline)


def _lost(results: Sequence[Result], target: str, model: str, baseline: str) -> Iterator[Loss]:
    for measure, (_, is_more_better) in MEASURES.items():
        value, rival = (_mean(results, target, name, measure) for name in (model, baseline))
        if value is None or rival is None:
            continue
        if value < rival if is_more_better else value > rival:
            yield Loss(target, model, measure, value, baseline, rival)


def _mean(results: Sequence[Result], target: str, model: str, measure: str) -> float | None:
    read, _ = MEASURES[measure]
    values = [
        value
        for result in results
        if (result.forecast.target, result.forecast.model) == (target, model)
        and (value := read(result.measures)) is not None
    ]
    return sum(values) / len(values) if values else None
