"""Dynamics 365, the CRM that the dealerships brought along: contacts only.

Rows have the shape of the Web API's answers: flat, with codes for choices, nulls and instants in
UTC.
"""

from collections.abc import Mapping

import numpy as np

from data_generators.catalogue import Catalogue
from data_generators.defects import CUSTOMER_DEFECTS
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.crm import Contacts, contacts_of, has_dropped_out, times
from data_generators.sources.shop import draw
from data_generators.tables import Feed, Record, Table

# The choices of the column as Dynamics delivers them: 1 advertisement, 2 referral, 3 partner,
# 7 seminar, 8 web, 10 other.
LEAD_SOURCE_CODES = ("1", "2", "3", "7", "8", "10", "")
LEAD_SOURCE_SHARES = (0.2, 0.22, 0.1, 0.04, 0.3, 0.06, 0.08)
ACTIVE, INACTIVE = "0", "1"
KNOWN_BIRTH_DATE_SHARE = 0.55
# Spreads numbers over the first group of an id, so that ids do not look counted; see contacts.
SHUFFLE = 2_654_435_761


def contact_id(number: int) -> str:
    """Return the GUID of a contact.

    >>> contact_id(1)
    '9e3779b1-d365-4c0a-9e00-000000000001'
    """
    return f"{number * SHUFFLE % 2**32:08x}-d365-4c0a-9e00-{number:012x}"


def as_contact(record: Record) -> Mapping[str, object]:
    """Return a contact as the API delivers it."""
    code = record["lead_source_code"]
    return {
        "contactid": record["contactid"],
        "firstname": record["first_name"] or None,
        "lastname": record["last_name"] or None,
        "emailaddress1": record["email"] or None,
        "telephone1": record["phone"] or None,
        "birthdate": record["birth_date"] or None,
        "address1_line1": record["address"] or None,
        "address1_city": record["city"] or None,
        "address1_postalcode": record["postcode"] or None,
        "address1_country": record["country"] or None,
        "leadsourcecode": int(code) if code else None,
        "statecode": int(record["state_code"]),
        "createdon": record["created_at"],
        "modifiedon": record["modified_at"],
    }


CONTACTS = Feed(
    source="dynamics",
    table="contacts",
    columns=(
        "contactid",
        "first_name",
        "last_name",
        "email",
        "phone",
        "birth_date",
        "address",
        "city",
        "postcode",
        "country",
        "lead_source_code",
        "state_code",
        "created_at",
        "modified_at",
    ),
    key="contactid",
    dated_by="modified_at",
    defects=CUSTOMER_DEFECTS,
    format="ndjson",
    shape=as_contact,
    dates="iso",
)


class Dynamics:
    """Dealers' staff who keep contacts of some people."""

    name = "dynamics"
    record_share = 0.2
    purchase_share = 0.0
    feeds = (CONTACTS,)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002
        """There is none."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - nothing is sold here
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],  # noqa: ARG002
    ) -> Observation:
        """Return contacts of a block."""
        plan = block.plan.accounts[self.name]
        keys = [contact_id(number) for number in range(plan.first, plan.first + plan.count)]
        contacts = contacts_of(block, self.name, CONTACTS.name, keys)
        return Observation(
            tables=(contact_table(block, contacts),),
            people=contacts.accounts.people,
            findings=contacts.seen.findings,
        )


def contact_table(block: Block, contacts: Contacts) -> Table:
    """Write contacts as rows."""
    rng = block.stream("dynamics contact details")
    people = contacts.accounts.people
    homes = block.households
    households = block.people.households[people]
    period = homes.period_at(households, contacts.modified)
    is_known = rng.random(len(people)) < KNOWN_BIRTH_DATE_SHARE
    gone = has_dropped_out(block, people)
    columns = {
        "contactid": contacts.keys,
        **contacts.cells,
        "birth_date": np.where(is_known, block.people.birth_dates[people].astype(str), "").tolist(),
        "postcode": homes.postcodes[households, period].tolist(),
        "lead_source_code": draw(LEAD_SOURCE_CODES, LEAD_SOURCE_SHARES, len(people), rng),
        "state_code": [INACTIVE if is_gone else ACTIVE for is_gone in gone],
        "created_at": times(contacts.accounts.instants),
    }
    return Table(CONTACTS, columns, contacts.modified)
