"""`customer360 identity review`: the pairs near the threshold that a steward had best look at."""

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from customer360.database.connection import connect
from customer360.identity.evaluation import NoIdentity
from customer360.settings import Settings

EXIT_FAILED = 1
# Each field with the heading that a narrow terminal has room for.
FIELDS = {
    "first_name": "given",
    "last_name": "family",
    "birth_date": "born",
    "email": "email",
    "phone": "phone",
    "address": "place",
}
_QUEUE = f"""
    select
        left_key, right_key, is_one_customer, match_weight, match_probability,
        {", ".join(f"{field}_weight" for field in FIELDS)}
    from identity.identity_review_pairs
    order by review_rank
    limit %s
"""  # noqa: S608 - constants only
_COUNT = "select count(*) from identity.identity_review_pairs"


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records whose odds are near even; `weights` are the bits of each of FIELDS."""

    left_key: str
    right_key: str
    is_one_customer: bool
    match_weight: float
    match_probability: float
    weights: tuple[float, ...]


def review_queue(settings: Settings, limit: int) -> tuple[int, list[DoubtfulPair]]:
    """Return how many pairs wait, and the most doubtful of them.

    Raises:
        NoIdentity: if identity was not built yet.
    """
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('identity.identity_review_pairs') is not null")
        if cursor.fetchone() != (True,):
            raise NoIdentity("Identity was not built yet: run `customer360 build` first.")
        cursor.execute(_COUNT)
        ((waiting,),) = cursor.fetchall()
        cursor.execute(_QUEUE, [limit])
        return int(waiting), [
            DoubtfulPair(left, right, is_one, weight, probability, tuple(weights))
            for left, right, is_one, weight, probability, *weights in cursor
        ]


def show_queue(settings: Settings, console: Console, limit: int) -> int:
    """Print the queue; return the exit code."""
    try:
        waiting, pairs = review_queue(settings, limit)
    except NoIdentity as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_FAILED
    if not pairs:
        console.print("No pair is near the threshold that nobody decided on.")
        return 0
    console.print(_table(waiting, pairs))
    left, right = pairs[0].left_key, pairs[0].right_key
    console.print(
        f"Bits by field and in all. `customer360 identity explain {left} {right}` shows the "
        "values, `… link` and `… unlink` decide.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _table(waiting: int, pairs: list[DoubtfulPair]) -> Table:
    title = f"{len(pairs):,} of {waiting:,} doubtful pairs"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("records", no_wrap=True)
    table.add_column("now")
    for heading in (*FIELDS.values(), "sum", "sure"):
        table.add_column(heading, justify="right", no_wrap=True)
    for pair in pairs:
        keys = escape(f"{pair.left_key}\n{pair.right_key}")
        now = "one" if pair.is_one_customer else "two"
        bits = (f"{weight:+.1f}" if weight else "" for weight in pair.weights)
        table.add_row(
            keys, now, *bits, f"{pair.match_weight:+.1f}", f"{100 * pair.match_probability:.0f} %"
        )
    return table
