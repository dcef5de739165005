"""Which delivered column is which expected one, whatever the case and outer spaces of its name."""

import difflib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from customer360.landing.outcomes import FileRejected

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract

_NAMES_SHOWN = 20


def folded(name: str) -> str:
    """Return the form in which names are compared."""
    return name.strip().casefold()


def match_columns(
    names: Sequence[str], contract: "FeedContract", line: int | None
) -> tuple[str | None, ...]:
    """Return for each delivered name the expected column that it is, or None where it is unknown.

    Raises:
        FileRejected: if a name comes twice or the header is not the contract's.
    """
    twice = [name for name, count in Counter(map(folded, names)).items() if count > 1]
    if twice:
        raise FileRejected(
            f"the header names {', '.join(map(repr, twice))} more than once",
            "Ask the sender to name each column once",
            line=line,
        )
    expected = {folded(column): column for column in contract.columns}
    columns = tuple(expected.get(folded(name)) for name in names)
    require_columns({column for column in columns if column is not None}, names, contract, line)
    return columns


def require_columns(
    found: set[str], names: Sequence[str], contract: "FeedContract", line: int | None
) -> None:
    """Reject a file that lacks required columns, with what it has instead.

    Raises:
        FileRejected: if any is missing.
    """
    missing = [column for column in contract.required if column not in found]
    if not missing:
        return
    shown = ", ".join(map(repr, names[:_NAMES_SHOWN]))
    shown += ", …" if len(names) > _NAMES_SHOWN else ""
    if not found:
        problem = f"the header is not that of {contract.feed}: it names {shown}"
    else:
        problem = f"required columns are missing: {', '.join(missing)}; the file has {shown}"
    raise FileRejected(problem, _remedy(missing, names, contract), line=line)


def _remedy(missing: list[str], names: Sequence[str], contract: "FeedContract") -> str:
    other = next((mark for mark in ";\t|," if len(names) == 1 and mark in names[0]), None)
    if other is not None:
        return f"The delimiter looks like {other!r}: set `delimiter` in {contract.declared_in}"
    unknown = [name for name in names if folded(name) not in map(folded, contract.columns)]
    close = {
        column: match[0]
        for column in missing
        if (match := difflib.get_close_matches(column, unknown, n=1))
    }
    hint = "".join(f"; is {theirs!r} meant as {ours}?" for ours, theirs in close.items())
    return (
        f"Ask the sender for the header {', '.join(contract.required)}, or change `required` in "
        f"{contract.declared_in}{hint}"
    )
