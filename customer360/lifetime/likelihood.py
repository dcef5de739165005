"""Maximum likelihood with standard errors, and a refusal where the data cannot carry the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

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
# Newton's steps end below this change of a parameter, as a share of it.
_SHORTEST = 1e-7
_MOST_STEPS = 12
_ROUNDING = 1e-12


class Refusal(Exception):  # noqa: N818 - the name says what happened
    """The data do not support a fit; the message says why."""


@dataclass(frozen=True)
class Estimate:
    """Parameters at the greatest likelihood, in the order of their names."""

    values: Floats
    standard_errors: Floats
    log_likelihood: float


@dataclass(frozen=True)
class Part:
    """A part of the data that is like all of it: its likelihood, and its number of customers."""

    log_likelihood: LogLikelihood
    size: int


@dataclass(frozen=True)
class _Place:
    """Logarithms of the parameters, with what is minimised and its slope there."""

    logs: Floats
    value: float
    slope: Floats


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
    part: Part | None = None,
) -> Estimate:
    """Return the best estimate over all starts; with a `part` of the data, that is searched first.

    Raises:
        Refusal: if no search ends in a maximum within bounds that has a curvature.
    """
    objective = _mean_of_logs(log_likelihood, size)
    best = _search(objective, starts) if part is None else _from_part(objective, part, starts)
    values = np.exp(best.logs)
    _require_inside(values, names)
    if np.abs(best.slope).max() > _STEEPEST:
        raise Refusal("the search for the greatest likelihood did not end")
    deviations = _log_standard_errors(objective, best.logs, size)
    _require_certain(values, deviations, names)
    return Estimate(values, values * deviations, -best.value * size)


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


def _search(objective: Objective, starts: Sequence[Sequence[float]]) -> _Place:
    with np.errstate(all="ignore"):  # a wild step may overflow; the search then steps back
        results = [
            minimize(objective, np.log(start), jac=True, method="BFGS", options={"gtol": 1e-8})
            for start in starts
        ]
    sound = [result for result in results if np.isfinite(result.fun)]
    if not sound:
        raise Refusal("the likelihood is not finite")
    best = min(sound, key=lambda result: float(result.fun))
    return _Place(best.x, float(best.fun), best.jac)


def _from_part(objective: Objective, part: Part, starts: Sequence[Sequence[float]]) -> _Place:
    """Return where the search over all data ends that begins where the search over a part did.

    The two differ little, and so do their curvatures: Newton's steps with the curvature of the part
    look at all of the data four or five times, where a search that learns it does thirty times.
    Where they do not come nearer, that search is made.
    """
    smaller = _mean_of_logs(part.log_likelihood, part.size)
    begin = np.clip(_search(smaller, starts).logs, np.log(SMALLEST), np.log(GREATEST))
    with np.errstate(all="ignore"):
        curvature = _curvature(smaller, begin)
        end = _newton(objective, begin, curvature) if _is_curved(curvature) else None
    return end or _search(objective, [np.exp(begin).tolist()])


def _newton(objective: Objective, begin: Floats, curvature: Floats) -> _Place | None:
    """Return where steps with this curvature end, or None if they do not."""
    here = _Place(begin, *objective(begin))
    for _ in range(_MOST_STEPS):
        step = -np.linalg.solve(curvature, here.slope)
        if np.abs(step).max() < _SHORTEST:
            return here
        there = _Place(here.logs + step, *objective(here.logs + step))
        if not there.value <= here.value + _ROUNDING:
            return None
        here = there
    return None


def _log_standard_errors(objective: Objective, logs: Floats, size: int) -> Floats:
    """Return the standard errors of the logarithms, from the observed information.

    The delta method makes the standard error of a parameter its value times that of its logarithm.
    """
    information = size * _curvature(objective, logs)
    if not _is_curved(information):
        raise Refusal("the likelihood has no curvature: several parameters fit equally well")
    errors: Floats = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors


def _curvature(objective: Objective, logs: Floats) -> Floats:
    """Return the Hessian: the central difference of the exact gradient."""
    steps = np.eye(len(logs)) * _STEP
    slopes = [objective(logs + step)[1] - objective(logs - step)[1] for step in steps]
    hessian = np.array(slopes) / (2 * _STEP)
    return np.asarray((hessian + hessian.T) / 2)


def _is_curved(hessian: Floats) -> bool:
    """Return whether it is positive definite."""
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian).min() > 0)


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
