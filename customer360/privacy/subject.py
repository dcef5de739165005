"""Who a customer is to the warehouse: the records, and the identifiers that are theirs alone."""

from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

_KEYS = """
    select source_customer_key from identity.identity_customers
    where customer_id = %s order by source_customer_key
"""
# What somebody else has too, as families do, stays theirs.
_IDENTIFIERS = """
    select distinct identifier_type, identifier
    from warehouse.bridge_customer_identifiers_personal as own
    where own.customer_id = %(customer_id)s and not exists (
        select from warehouse.bridge_customer_identifiers_personal as others
        where others.identifier_type = own.identifier_type
            and others.identifier = own.identifier
            and others.customer_id <> own.customer_id
    )
    order by identifier_type, identifier
"""


class UnknownCustomer(Exception):  # noqa: N818 - the name says what happened
    """No record of any source system belongs to this id."""


@dataclass(frozen=True)
class Subject:
    """A customer with everything that names them and nobody else.

    `identifiers` are pairs of kind (email, phone, device, loyalty_id) and value.
    """

    customer_id: str
    source_keys: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]

    @property
    def values(self) -> list[str]:
        """All names as texts, to look for in tables."""
        return [self.customer_id, *self.source_keys, *(value for _, value in self.identifiers)]

    @property
    def bare_ids(self) -> list[str]:
        """The ids of the records in their own systems."""
        return [key.partition(":")[2] for key in self.source_keys]


def find_subject(cursor: Cursor, customer_id: str) -> Subject:
    """Resolve a customer to the whole cluster of records.

    Raises:
        UnknownCustomer: if there is no such customer.
    """
    cursor.execute(_KEYS, [customer_id])
    keys = tuple(str(key) for (key,) in cursor.fetchall())
    if not keys:
        raise UnknownCustomer(f"There is no customer {customer_id}.")
    cursor.execute(_IDENTIFIERS, {"customer_id": customer_id})
    named = tuple((str(kind), str(value)) for kind, value in cursor.fetchall())
    return Subject(customer_id, keys, tuple(pair for pair in named if pair[0] != "source_key"))
