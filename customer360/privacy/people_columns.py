"""How rows of a feed name people, as SQL: what the contract's `person` and `names` say."""

from collections.abc import Mapping

from psycopg2.sql import SQL, Composable, Identifier, Literal

from customer360.landing.contracts import FeedContract

EXTERNAL = "external/"
_LOWER_CASE = frozenset(("email",))


def names_of(contract: FeedContract, columns: Mapping[str, str]) -> list[Composable]:
    """Return an expression for each column: `kind:value` as tombstones digest it.

    A kind in brackets is read from the column of that name: `[source]`.
    """
    return [
        SQL("{} || ops.cleaned({})").format(_kind(kind), _value(kind, Identifier(column)))
        for column, kind in columns.items()
        if column in contract.columns
    ]


def tombstone_name(source_customer_key: str, contracts: Mapping[str, FeedContract]) -> str:
    """Return the name of a source key: systems without code of their own have a space apart."""
    source, _, key = source_customer_key.partition(":")
    own = {kind for contract in contracts.values() for kind in contract.person.values()}
    if source in own:
        return source_customer_key
    return f"{EXTERNAL}{source.removeprefix('external_')}:{key}"


def _kind(kind: str) -> Composable:
    if not kind.startswith("["):
        return Literal(f"{kind}:")
    column = Identifier(kind.strip("[]"))
    return SQL("{} || replace(lower(ops.cleaned({})), ':', '_') || ':'").format(
        Literal(EXTERNAL), column
    )


def _value(kind: str, column: Identifier) -> Composable:
    return SQL("lower({})").format(column) if kind in _LOWER_CASE else column
