"""Salesforce, the CRM of the shop's sales staff: contacts, and the opportunities they hope for.

Rows have the shape of the REST API's query results: nested addresses, nulls, instants with a zone.
"""

from collections.abc import Mapping

import numpy as np

from data_generators.catalogue import Catalogue
from data_generators.defects import (
    CUSTOMER_DEFECTS,
    NEGATIVE_AMOUNT,
    future_date,
    orphan_key,
)
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.crm import Contacts, contacts_of, days, has_dropped_out, times
from data_generators.sources.shop import draw, money
from data_generators.tables import Feed, Record, Table

API = "/services/data/v62.0/sobjects"
CONTACT_PREFIX, OPPORTUNITY_PREFIX = "003Gk", "006Gk"
LEAD_SOURCES = ("Web", "Store", "Dealership", "Referral", "Trade show", "")
LEAD_SOURCE_SHARES = (0.38, 0.2, 0.16, 0.12, 0.06, 0.08)
OPEN_STAGES = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review")
OPEN_STAGE_SHARES = (0.35, 0.3, 0.2, 0.15)
OPPORTUNITIES_PER_CONTACT = 0.8
WON_SHARE = 0.42
SHORTEST_CYCLE_DAYS, LONGEST_CYCLE_DAYS = 5, 120
AMOUNT_SHAPE, AMOUNT_SCALE = 2.0, 900.0
UNKNOWN_AMOUNT_SHARE = 0.03


def iso_instant(text: str) -> str | None:
    """Return an instant as Salesforce writes it: 2024-01-15T14:30:00.000+0000."""
    return text.replace("Z", ".000+0000") if text else None


def as_contact(record: Record) -> Mapping[str, object]:
    """Return a contact as the API delivers it."""
    return {
        "attributes": {"type": "Contact", "url": f"{API}/Contact/{record['id']}"},
        "Id": record["id"],
        "FirstName": record["first_name"] or None,
        "LastName": record["last_name"] or None,
        "Email": record["email"] or None,
        "Phone": record["phone"] or None,
        "MailingAddress": {
            "street": record["address"] or None,
            "city": record["city"] or None,
            "state": record["state"] or None,
            "postalCode": record["postcode"] or None,
            "country": record["country"] or None,
            "geocodeAccuracy": None,
        },
        "LeadSource": record["lead_source"] or None,
        "Status": record["status"] or None,
        "CreatedDate": iso_instant(record["created_at"]),
        "LastModifiedDate": iso_instant(record["modified_at"]),
    }


def as_opportunity(record: Record) -> Mapping[str, object]:
    """Return an opportunity as the API delivers it."""
    return {
        "attributes": {"type": "Opportunity", "url": f"{API}/Opportunity/{record['id']}"},
        "Id": record["id"],
        "ContactId": record["contact_id"] or None,
        "StageName": record["stage"],
        "Amount": float(record["amount"]) if record["amount"] else None,
        "CloseDate": record["close_date"],
        "CreatedDate": iso_instant(record["created_at"]),
    }


CONTACTS = Feed(
    source="salesforce",
    table="contacts",
    columns=(
        "id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "address",
        "city",
        "state",
        "postcode",
        "country",
        "lead_source",
        "status",
        "created_at",
        "modified_at",
    ),
    key="id",
    dated_by="modified_at",
    defects=CUSTOMER_DEFECTS,
    format="ndjson",
    shape=as_contact,
    dates="iso",
)
OPPORTUNITIES = Feed(
    source="salesforce",
    table="opportunities",
    columns=("id", "contact_id", "stage", "amount", "close_date", "created_at"),
    key="id",
    dated_by="created_at",
    defects=(orphan_key("contact_id", CONTACT_PREFIX), NEGATIVE_AMOUNT, future_date("created_at")),
    format="ndjson",
    shape=as_opportunity,
    dates="iso",
)


class Salesforce:
    """Sales staff who keep contacts of some people, and note what they might buy."""

    name = "salesforce"
    record_share = 0.25
    purchase_share = 0.0
    feeds = (CONTACTS, OPPORTUNITIES)

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
        """Return contacts and opportunities of a block."""
        plan = block.plan.accounts[self.name]
        numbers = range(plan.first, plan.first + plan.count)
        keys = [f"{CONTACT_PREFIX}{number:010d}AAA" for number in numbers]
        contacts = contacts_of(block, self.name, CONTACTS.name, keys)
        return Observation(
            tables=(contact_table(block, contacts), opportunity_table(block, contacts)),
            people=contacts.accounts.people,
            findings=contacts.seen.findings,
        )


def contact_table(block: Block, contacts: Contacts) -> Table:
    """Write contacts as rows."""
    rng = block.stream("salesforce contact details")
    people = contacts.accounts.people
    homes = block.households
    households = block.people.households[people]
    period = homes.period_at(households, contacts.modified)
    gone = has_dropped_out(block, people)
    columns = {
        "id": contacts.keys,
        **contacts.cells,
        "state": homes.states[households, period].tolist(),
        "postcode": homes.postcodes[households, period].tolist(),
        "lead_source": draw(LEAD_SOURCES, LEAD_SOURCE_SHARES, len(people), rng),
        "status": ["Inactive" if is_gone else "Active" for is_gone in gone],
        "created_at": times(contacts.accounts.instants),
    }
    return Table(CONTACTS, columns, contacts.modified)


def opportunity_table(block: Block, contacts: Contacts) -> Table:
    """Write opportunities as rows, in order of time: closed where their time has come."""
    rng = block.stream("salesforce opportunities")
    counts = rng.poisson(OPPORTUNITIES_PER_CONTACT, len(contacts.keys))
    rows = np.repeat(np.arange(len(contacts.keys)), counts)
    made = contacts.accounts.instants[rows]
    created = made + ((block.window.end - made) * rng.random(len(rows))).astype(np.int64)
    order = np.argsort(created, kind="stable")
    rows, created = rows[order], created[order]
    cycle = rng.uniform(SHORTEST_CYCLE_DAYS, LONGEST_CYCLE_DAYS, len(rows))
    closes = created + (cycle * SECONDS_PER_DAY).astype(np.int64)
    is_closed = closes < block.window.end
    outcome = np.where(rng.random(len(rows)) < WON_SHARE, "Closed Won", "Closed Lost")
    stages = np.where(is_closed, outcome, draw(OPEN_STAGES, OPEN_STAGE_SHARES, len(rows), rng))
    cents = np.round(rng.gamma(AMOUNT_SHAPE, AMOUNT_SCALE * 100, len(rows))).astype(np.int64)
    is_unknown = (rng.random(len(rows)) < UNKNOWN_AMOUNT_SHARE).tolist()
    columns = {
        "id": [
            f"{OPPORTUNITY_PREFIX}{block.plan.index:05d}{number:05d}AAA"
            for number in range(1, len(rows) + 1)
        ],
        "contact_id": [contacts.keys[row] for row in rows.tolist()],
        "stage": stages.tolist(),
        "amount": ["" if no else text for no, text in zip(is_unknown, money(cents), strict=True)],
        "close_date": days(closes),
    }
    return Table(OPPORTUNITIES, columns, created)
