"""The dealerships: people who buy vehicles, trade them in, and bring them to the workshop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data_generators.catalogue import Catalogue
from data_generators.defects import (
    CUSTOMER_DEFECTS,
    future_date,
    negative_amount_in,
    orphan_key,
)
from data_generators.population.households import NEVER, SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.crm import days, times
from data_generators.sources.records import (
    Differences,
    Registrations,
    accounts_used,
    describe,
    register,
)
from data_generators.sources.shop import draw, money
from data_generators.sources.vehicles import (
    MODELS,
    VehicleSales,
    Visits,
    bring_vehicles,
    sell_vehicles,
)
from data_generators.tables import Feed, Table

DEALERS = tuple(f"DL{number:03d}" for number in range(1, 25))
FINANCING = ("cash", "loan", "lease")
FINANCING_SHARES = (0.35, 0.40, 0.25)
ACTIVE_DAYS = 365

CUSTOMERS = Feed(
    source="dealership",
    table="customers",
    columns=(
        "customer_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "address",
        "city",
        "country",
        "purchase_date",
        "last_service_date",
        "customer_status",
        "created_at",
        "updated_at",
    ),
    key="customer_id",
    dated_by="updated_at",
    defects=CUSTOMER_DEFECTS,
)
VEHICLE_SALES = Feed(
    source="dealership",
    table="vehicle_sales",
    columns=(
        "sale_id",
        "vin",
        "customer_id",
        "dealer_id",
        "model",
        "sale_price",
        "sale_date",
        "financing_type",
        "trade_in_vin",
    ),
    key="sale_id",
    dated_by="sale_date",
    defects=(
        orphan_key("customer_id", "D"),
        negative_amount_in("sale_price"),
        future_date("sale_date"),
    ),
)
SERVICE_RECORDS = Feed(
    source="dealership",
    table="service_records",
    columns=(
        "service_id",
        "vin",
        "customer_id",
        "dealer_id",
        "service_type",
        "service_date",
        "service_amount",
        "is_warranty",
    ),
    key="service_id",
    dated_by="service_date",
    defects=(
        orphan_key("customer_id", "D"),
        negative_amount_in("service_amount"),
        future_date("service_date"),
    ),
)


class Dealership:
    """Dealers who share one system: everybody is entered before they buy or come for service."""

    name = "dealership"
    record_share = 0.2
    purchase_share = 0.0
    feeds = (CUSTOMERS, VEHICLE_SALES, SERVICE_RECORDS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002
        """There is none."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - vehicles are bought more rarely than goods
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],  # noqa: ARG002
    ) -> Observation:
        """Return customers, vehicle sales and service visits of a block."""
        plan = block.plan.accounts[self.name]
        accounts = register(block, plan, self.name)
        keys = [f"D{number:08d}" for number in range(plan.first, plan.first + plan.count)]
        sales = sell_vehicles(block, accounts)
        visits = bring_vehicles(block, accounts, sales)
        rng = block.stream("dealership accounts used")
        buying = accounts_used(accounts, sales.buyers, sales.instants, rng)
        visiting = accounts_used(accounts, visits.people, visits.instants, rng)
        dates = last_dates(block, accounts, (buying, sales), (visiting, visits))
        seen = Differences(CUSTOMERS.name, keys)
        # With each event the dealer asks for name and address again.
        renewed = replace(accounts, instants=dates.updated)
        cells = describe(block, renewed, self.name, seen)
        customers = {"customer_id": keys, **cells, **dates.columns}
        paid = ~visits.is_warranty
        return Observation(
            tables=(
                Table(CUSTOMERS, customers, dates.updated),
                sale_table(block, sales, [keys[row] for row in buying.tolist()]),
                visit_table(block, visits, [keys[row] for row in visiting.tolist()]),
            ),
            people=accounts.people,
            findings=seen.findings,
            sales=Sales(
                np.concatenate([sales.buyers, visits.people[paid]]),
                np.concatenate([sales.instants, visits.instants[paid]]),
                np.concatenate([sales.cents, visits.cents[paid]]),
            ),
        )


@dataclass(frozen=True)
class CustomerDates:
    """What the customers' table says of sales and visits, and when it last changed."""

    columns: dict[str, list[str]]
    updated: Integers


def last_dates(
    block: Block,
    accounts: Registrations,
    bought: tuple[Integers, VehicleSales],
    visited: tuple[Integers, Visits],
) -> CustomerDates:
    """Return first purchase, last visit and status of each account; rows come with each event."""
    count = len(accounts.people)
    purchase = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(purchase, bought[0], bought[1].instants)
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, bought[0], bought[1].instants)
    service = np.zeros(count, dtype=np.int64)
    np.maximum.at(service, visited[0], visited[1].instants)
    last = np.maximum(last, service)
    is_recent = last >= block.window.end - ACTIVE_DAYS * SECONDS_PER_DAY
    status = np.select([last == 0, is_recent], ["prospect", "active"], "lapsed")
    bought_on, serviced_on = days(np.where(purchase == NEVER, 0, purchase)), days(service)
    columns = {
        "purchase_date": np.where(purchase == NEVER, "", bought_on).tolist(),
        "last_service_date": np.where(service == 0, "", serviced_on).tolist(),
        "customer_status": status.tolist(),
        "created_at": times(accounts.instants),
    }
    return CustomerDates(columns, np.maximum(accounts.instants, last))


def sale_table(block: Block, sales: VehicleSales, customer_ids: list[str]) -> Table:
    """Write vehicle sales as rows."""
    rng = block.stream("dealership sale details")
    count = len(sales.vins)
    models = list(MODELS)
    columns = {
        "sale_id": [f"VS{block.plan.index:05d}{n:06d}" for n in range(1, count + 1)],
        "vin": sales.vins,
        "customer_id": customer_ids,
        "dealer_id": dealers_of(block, sales.buyers),
        "model": [models[model] for model in sales.models.tolist()],
        "sale_price": money(sales.cents),
        "financing_type": draw(FINANCING, FINANCING_SHARES, count, rng),
        "trade_in_vin": sales.trade_in_vins,
    }
    return Table(VEHICLE_SALES, columns, sales.instants)


def visit_table(block: Block, visits: Visits, customer_ids: list[str]) -> Table:
    """Write service visits as rows."""
    count = len(visits.vins)
    columns = {
        "service_id": [f"SV{block.plan.index:05d}{n:06d}" for n in range(1, count + 1)],
        "vin": visits.vins,
        "customer_id": customer_ids,
        "dealer_id": dealers_of(block, visits.people),
        "service_type": visits.types,
        "service_amount": money(visits.cents),
        "is_warranty": np.where(visits.is_warranty, "true", "false").tolist(),
    }
    return Table(SERVICE_RECORDS, columns, visits.instants)


def dealers_of(block: Block, people: Integers) -> list[str]:
    """Return the dealer whom each of the people goes to: always the same."""
    return [DEALERS[number % len(DEALERS)] for number in block.people.numbers[people].tolist()]
