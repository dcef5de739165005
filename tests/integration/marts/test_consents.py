"""Consents and audience against pandas, from the delivered files and the resolved records alone."""

import datetime as dt

import pandas as pd
import pytest

from tests.integration.marts.warehouse import Warehouse

CHANNELS = {"email_marketing": "email", "sms_marketing": "phone"}
FORMATS = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m-%d-%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S")


@pytest.fixture(scope="module")
def events(generated: Warehouse) -> pd.DataFrame:
    """Every event in the version delivered last, with the customer and the instant."""
    files = sorted((generated.settings.landing_dir / "consent" / "consent_events").glob("*.csv"))
    delivered = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
    last = delivered.drop_duplicates("consent_event_id", keep="last")
    keys = last["source_system"] + ":" + last["customer_id"]
    records = generated.frame("select * from identity.identity_customers")
    customers = records.set_index("source_customer_key")["customer_id"]
    instants = last["occurred_at"].map(instant_of)
    return last.assign(account=keys, customer_id=keys.map(customers), instant=instants)


def instant_of(text: str) -> dt.datetime:
    for pattern in FORMATS:
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    raise AssertionError(text)


@pytest.fixture(scope="module")
def states(generated: Warehouse, events: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The latest decision of each customer on each purpose; a no of impossible date closes it."""
    as_of = generated.frame("select as_of_date from intermediate.int_as_of_date_resolved")
    end = as_of["as_of_date"][0] + dt.timedelta(days=1)
    found: dict[tuple[str, str], str] = {}
    known = events.dropna(subset=["customer_id"])
    for (customer, purpose), said in known.groupby(["customer_id", "purpose"]):
        happened = said[said["instant"] < dt.datetime.combine(end, dt.time(), dt.UTC)]
        ahead = said.drop(happened.index)
        if (ahead["decision"] == "withdrawn").any():
            found[customer, purpose] = "withdrawn"
        elif len(happened):
            # The greater word wins at the same instant: withdrawn, not granted.
            found[customer, purpose] = max(
                zip(happened["instant"], happened["decision"], strict=True)
            )[1]
    return found


def test_states_are_those_of_the_files(
    generated: Warehouse, states: dict[tuple[str, str], str]
) -> None:
    rows = generated.frame(
        "select customer_id, purpose, state from warehouse_next.customer_consents"
    )
    assert rows.set_index(["customer_id", "purpose"])["state"].to_dict() == states
    assert set(states.values()) == {"granted", "withdrawn"}


def test_audience_is_those_who_allow_it_and_share_no_address_with_a_no(
    generated: Warehouse, states: dict[tuple[str, str], str]
) -> None:
    people = generated.frame("select * from warehouse_next.dim_customers_personal")
    given = generated.frame("select * from warehouse_next.bridge_customer_identifiers_personal")
    expected = set()
    for purpose, contact in CHANNELS.items():
        said_no = {
            customer
            for (customer, about), state in states.items()
            if state == "withdrawn" and about in {purpose, "processing"}
        }
        closed = given[given["customer_id"].isin(said_no)]
        contacts = people.set_index("customer_id")[contact].dropna()
        expected |= {
            (
                customer,
                purpose,
                states.get((customer, "profiling")) == "granted"
                and states.get((customer, "processing")) != "withdrawn",
            )
            for customer, value in contacts.items()
            if states.get((customer, purpose)) == "granted"
            and customer not in said_no
            and value not in set(closed["identifier"])
        }
    rows = generated.frame(
        "select customer_id, purpose, allows_profiling from warehouse_next.marketing_audience"
    )
    assert set(rows.itertuples(index=False, name=None)) == expected
    granted = {key for key, state in states.items() if state == "granted" and key[1] in CHANNELS}
    assert 100 < len(expected) < len(granted)


def test_accounts_of_one_customer_disagree_at_times(events: pd.DataFrame) -> None:
    in_order = events.sort_values("instant")
    last = in_order.drop_duplicates(["account", "purpose"], keep="last")
    decisions = last.groupby(["customer_id", "purpose"])["decision"].nunique()
    assert (decisions > 1).sum() > 20
