"""Maximum likelihood with standard errors, and a refusal where the data cannot carry the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from customer360.lifetime.histories import Floats

# Log likelihood of a model and its gradient, by its parameters, all of which are positive.
LogLikelihood = Callable[[Floats], tuple[float, Floats]]

FEWEST_REPEATERS = 100
# A parameter beyond these is not estimated: the likelihood rises towards a boundary.
SMALLEST, GREATEST = 1e-4, 1e4
# Greatest standard error of a parameter's logarithm: beyond it the parameter may be a sixth or six
# times as large, and the data do not tell.
MOST_UNCERTAIN = 1.8
# With more distinct histories than this, a part of them is searched first.
MANY_HISTORIES = 50_000
_STEEPEST = 1e-5
_STEP = 1e-4


class Refusal(Exception):  # noqa: N818 - the name says what happened
    """The data do not support a fit; the message says why."""


@dataclass(frozen=True)
class Estimate:
    """Parameters at the greatest likelihood, in the order of their names."""

    values: Floats
    standard_errors: Floats
    log_likelihood: float
    iterations: int


def require_repeaters(found: int) -> None:
    """Refuse data of too few customers who came back.

    Raises:
        Refusal: below FEWEST_REPEATERS.
    """
    if found < FEWEST_REPEATERS:
        raise Refusal(f"only {found} customers came back, {FEWEST_REPEATERS} are needed")


def maximise(
    log_likelihood: LogLikelihood,
    names: Sequence[str],
    starts: Sequence[Sequence[float]],
    size: int,
) -> Estimate:
    """Return the best estimate over all starts.

    Raises:
        Refusal: if no search ends in a maximum within bounds that has a curvature.
    """
    objective = _mean_of_logs(log_likelihood, size)
    best = _search(objective, starts)
    values = np.exp(best.x)
    _require_inside(values, names)
    if np.abs(best.jac).max() > _STEEPEST:
        raise Refusal("the search for the greatest likelihood did not end")
    deviations = _log_standard_errors(objective, best.x, size)
    _require_certain(values, deviations, names)
    return Estimate(values, values * deviations, -float(best.fun) * size, int(best.nit))


def coarse_starts(
    log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]], size: int
) -> list[list[float]]:
    """Return where the best search over all starts ends on a part of the data.

    From there a search over all of it takes a few steps only.

    Raises:
        Refusal: if no search has a finite likelihood.
    """
    best = _search(_mean_of_logs(log_likelihood, size), starts)
    inside = np.clip(np.exp(best.x), SMALLEST, GREATEST)
    return [[float(value) for value in inside]]


Objective = Callable[[Floats], tuple[float, Floats]]


def _mean_of_logs(log_likelihood: LogLikelihood, size: int) -> Objective:
    """Return what a search minimises: the mean over `size` customers, by the logarithms.

    No step can leave the parameters' range there, and the tolerance of the mean means the same for
    any number of customers.
    """

    def objective(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(np.clip(logs, -30, 30))
        value, gradient = log_likelihood(parameters)
        return -value / size, -gradient * parameters / size

    return objective


def _search(objective: Objective, starts: Sequence[Sequence[float]]) -> OptimizeResult:
    with np.errstate(all="ignore"):  # a wild step may overflow; the search then steps back
        results = [
            minimize(objective, np.log(start), jac=True, method="BFGS", options={"gtol": 1e-8})
            for start in starts
        ]
    sound = [result for result in results if np.isfinite(result.fun)]
    if not sound:
        raise Refusal("the likelihood is not finite")
    return min(sound, key=lambda result: float(result.fun))


def _log_standard_errors(objective: Objective, logs: Floats, size: int) -> Floats:
    """Return the standard errors of the logarithms, from the observed information.

    The Hessian is the central difference of the exact gradient. The delta method makes the
    standard error of a parameter its value times that of its logarithm.
    """
    steps = np.eye(len(logs)) * _STEP
    slopes = [objective(logs + step)[1] - objective(logs - step)[1] for step in steps]
    hessian = np.array(slopes) / (2 * _STEP)
    information = size * (hessian + hessian.T) / 2
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() <= 0:
        raise Refusal("the likelihood has no curvature: several parameters fit equally well")
    errors: Floats = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors


def _require_inside(values: Floats, names: Sequence[str]) -> None:
    outside = [
        f"{name} = {value:.3g}"
        for name, value in zip(names, values, strict=True)
        if not SMALLEST < value < GREATEST
    ]
    if outside:
        raise Refusal(f"the likelihood rises towards a boundary: {', '.join(outside)}")


def _require_certain(values: Floats, deviations: Floats, names: Sequence[str]) -> None:
    vague = [
        f"{name} = {value:.3g} ± {value * deviation:.3g}"
        for name, value, deviation in zip(names, values, deviations, strict=True)
        if deviation > MOST_UNCERTAIN
    ]
    if vague:
        raise Refusal(f"the data do not tell the parameters: {', '.join(vague)}")
