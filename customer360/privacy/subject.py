"""Who a customer is to the warehouse: the records, and what names them and nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

# An id that was merged into another still means the customer who lives on under that one.
_CURRENT_ID = """
    select customer_id from identity.customer_id_forwards where former_customer_id = %s
"""
_KEYS = """
    select source_customer_key from identity.identity_customers
    where customer_id = %s order by source_customer_key
"""
# What somebody else has too, as families do, stays theirs.
_IDENTIFIERS = """
    with records as (
        select customers.customer_id, records.email, records.phone
        from identity.identity_records as records
        inner join identity.identity_customers as customers using (source_customer_key)
    ),
    given as (
        select customer_id, 'email' as kind, email as identifier from records
        union all
        select customer_id, 'phone', phone from records
        union all
        select customer_id, 'device', device_id from intermediate.int_customer_devices_summarised
        union all
        select customer_id, 'former_customer_id', former_customer_id
        from identity.customer_id_forwards
    )
    select kind, identifier from given
    where identifier is not null
    group by kind, identifier
    having bool_and(customer_id = %s)
    order by kind, identifier
"""
# Events are the customer's own, or of a device or mailbox that several people share and nobody is
# said to have used: these may be theirs, and would be taken for the others' once they are gone.
_EVENTS = """
    with shared_mailboxes as (
        select records.email
        from identity.identity_records as records
        inner join identity.identity_customers as customers using (source_customer_key)
        where customers.customer_id = %(customer_id)s
    ),
    shared_devices as (
        select device_id from intermediate.int_customer_devices_summarised
        where customer_id = %(customer_id)s
    )
    select events.event_id
    from intermediate.int_digital_events_identified as events
    left join staging.stg_digital__events as delivered using (event_id)
    where events.event_id is not null and (
        events.customer_id = %(customer_id)s
        or events.customer_id is null and (
            events.device_id in (select device_id from shared_devices)
            or delivered.email in (select email from shared_mailboxes)
        )
    )
    order by events.event_id
"""
_TRANSACTIONS = """
    select transaction_key from intermediate.int_transactions_judged where customer_id = %s
"""
_SESSIONS = """
    select session_id from intermediate.int_campaign_sessions_judged where customer_id = %s
"""
_NUMBERS = """
    select record_number from identity.identity_comparable_records
    where source_customer_key = any(%s) order by record_number
"""


_LEAST_WORD = 6


class UnknownCustomer(Exception):  # noqa: N818 - the name says what happened
    """No record of any source system belongs to this id."""


@dataclass(frozen=True)
class Subject:
    """A customer with everything that names them and nobody else.

    `identifiers` are pairs of kind (email, phone, device, former_customer_id) and value; `things`
    are what they did, by the column that holds its id; `record_numbers` are those by which the
    newest build compared the records.
    """

    customer_id: str
    source_keys: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    things: Mapping[str, tuple[str, ...]]
    record_numbers: tuple[int, ...]

    @property
    def values(self) -> list[str]:
        """All names as texts, to look for in tables."""
        return [self.customer_id, *self.source_keys, *(value for _, value in self.identifiers)]

    @property
    def customer_ids(self) -> list[str]:
        """The id in use and the former ones that lead to it."""
        former = (value for kind, value in self.identifiers if kind == "former_customer_id")
        return [self.customer_id, *former]

    @property
    def bare_ids(self) -> list[str]:
        """The ids of the records in their own systems."""
        return [key.partition(":")[2] for key in self.source_keys]

    @property
    def words(self) -> list[str]:
        """Names and things as a log may say them; a bare number there is most often another."""
        things = [one for ids in self.things.values() for one in ids]
        bare = {*self.bare_ids, *(key.partition(":")[2] for key in things)}
        telling = [word for word in bare if len(word) >= _LEAST_WORD and not word.isdigit()]
        return [*self.values, *things, *telling]


def find_subject(cursor: Cursor, customer_id: str) -> Subject:
    """Resolve a customer, by the id in use or a former one, to the whole cluster of records.

    Raises:
        UnknownCustomer: if there is no such customer.
    """
    cursor.execute(_CURRENT_ID, [customer_id])
    current = str((cursor.fetchone() or (customer_id,))[0])
    keys = _column(cursor, _KEYS, [current])
    if not keys:
        raise UnknownCustomer(f"There is no customer {customer_id}.")
    cursor.execute(_IDENTIFIERS, [current])
    named = tuple((str(kind), str(value)) for kind, value in cursor.fetchall())
    things = {
        "event_id": _column(cursor, _EVENTS, {"customer_id": current}),
        "session_id": _column(cursor, _SESSIONS, [current]),
        "transaction_key": _column(cursor, _TRANSACTIONS, [current]),
    }
    numbers = tuple(int(one) for one in _column(cursor, _NUMBERS, [list(keys)]))
    return Subject(current, keys, named, things, numbers)


def _column(
    cursor: Cursor, query: str, values: Sequence[object] | Mapping[str, object]
) -> tuple[str, ...]:
    cursor.execute(query, values)
    return tuple(str(value) for (value,) in cursor.fetchall())
