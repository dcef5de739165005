"""How rows of a feed name people, as SQL: what the contract's `person` and `names` say."""

from collections.abc import Mapping, Sequence

from psycopg2.sql import SQL, Composable, Identifier, Literal

from customer360.landing.contracts import FeedContract
from customer360.privacy.subject import Subject

EVENT = "event"

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


def is_one_of(contract: FeedContract, names: Sequence[str]) -> Composable:
    """Return the condition that a row of a feed bears one of these names."""
    given = names_of(contract, contract.person) or [SQL("null::text")]
    wanted = SQL("({})::text[]").format(Literal(list(names)))
    return SQL(" or ").join(SQL("{} = any({})").format(name, wanted) for name in given)


def tombstone_names(subject: Subject, contracts: Mapping[str, FeedContract]) -> list[str]:
    """Return everything that names a customer, as `kind:value`."""
    return [
        *(tombstone_name(key, contracts) for key in subject.source_keys),
        *(f"{kind}:{value}" for kind, value in subject.identifiers),
        *(f"{EVENT}:{value}" for value in subject.things["event_id"]),
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
