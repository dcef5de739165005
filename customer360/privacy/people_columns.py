"""How rows of a feed name people, as SQL: what the contract's `person` and `names` say."""

from collections.abc import Mapping, Sequence

from psycopg2.sql import SQL, Composable, Identifier, Literal

from customer360.landing.contracts import FeedContract
from customer360.privacy.subject import Subject

EVENT = "event"

EXTERNAL = "external/"
_LOWER_CASE = frozenset(("email",))
# By the mark of a kind that a column tells: what stands before the system that is named there.
_READ_FROM_ROW = {"[": (EXTERNAL,), "{": ("", EXTERNAL)}


def names_of(contract: FeedContract, columns: Mapping[str, str]) -> list[Composable]:
    """Return expressions for the columns: `kind:value` as tombstones digest it.

    A kind in brackets is a system without code of its own, read from the column of that name:
    `[source]`. One in braces is any system, as source keys call it: `{source_system}`; each such
    row has two names, as it does not say which of both it is.
    """
    return [
        SQL("{} || ops.cleaned({})").format(spelled, _value(kind, Identifier(column)))
        for column, kind in columns.items()
        if column in contract.columns
        for spelled in _spelled(kind)
    ]


def kinds_of(contract: FeedContract) -> list[str]:
    """Return the kinds of names that are the same in each row of a feed."""
    return [kind for kind in contract.person.values() if kind[:1] not in _READ_FROM_ROW]


def kinds_before_systems(contract: FeedContract) -> list[str]:
    """Return what stands before the name of a system where rows of a feed name theirs."""
    found = {_READ_FROM_ROW.get(kind[:1], ()) for kind in contract.person.values()}
    return sorted(set().union(*found))


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


def _spelled(kind: str) -> list[Composable]:
    if kind[:1] not in _READ_FROM_ROW:
        return [Literal(f"{kind}:")]
    system = SQL("replace(lower(ops.cleaned({})), ':', '_')").format(Identifier(kind[1:-1]))
    # Identity marks a ready feed's system that has the name of one with code of its own.
    unmarked = SQL("regexp_replace({}, '^external_', '')").format(system)
    return [
        SQL("{} || {} || ':'").format(Literal(before), unmarked if before else system)
        for before in _READ_FROM_ROW[kind[:1]]
    ]


def _value(kind: str, column: Identifier) -> Composable:
    return SQL("lower({})").format(column) if kind in _LOWER_CASE else column
