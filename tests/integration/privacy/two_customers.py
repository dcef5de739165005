"""Ann and Bob, who share a mailbox and a sofa, as they are delivered and as dbt resolves them."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pandas as pd
from psycopg2.sql import SQL, Identifier
from rich.console import Console

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.commands import load_files
from customer360.settings import Settings

CUSTOMERS = "customer_id,first_name,last_name,email,phone,created_at\n"
CONSENTS = "consent_event_id,source_system,customer_id,purpose,decision,occurred_at,channel,proof\n"
ORDERS = "order_id,customer_id,product_id,ordered_at,quantity,amount\n"
# What names Ann and nobody else; the family's address is Bob's as well.
ANN = (
    "A-77\\b",
    "ann@own.example",
    "ORD-A1",
    "DEV-ANN",
    "R-ANN",
    "X-ANN",
    "LASTNAMEOFANN",
    "C-ANN",
    "C-OLD-ANN",
)
FAMILY = "family@home.example"
BUILT = """
    create table identity.identity_customers (source_customer_key text, customer_id text);
    insert into identity.identity_customers values
        ('shop:A-77', 'C-ANN'), ('retail_api:R-ANN', 'C-ANN'), ('old crm:X-ANN', 'C-ANN'),
        ('shop:B-1', 'C-BOB');
    create table identity.identity_records (source_customer_key text, email text, phone text);
    insert into identity.identity_records values
        ('shop:A-77', 'ann@own.example', null), ('retail_api:R-ANN', 'family@home.example', null),
        ('shop:B-1', 'family@home.example', '+49301234567');
    create table identity.customer_id_forwards (former_customer_id text, customer_id text);
    insert into identity.customer_id_forwards values ('C-OLD-ANN', 'C-ANN');
    create table identity.customer_id_changes
        (change_kind text, old_customer_id text, new_customer_id text,
        left_key text, right_key text);
    insert into identity.customer_id_changes values
        ('merged', 'C-OLD-ANN', 'C-ANN', 'shop:A-77', 'retail_api:R-ANN'),
        ('moved', 'C-BOB', 'C-ANN', 'shop:A-77', 'shop:B-1'),
        ('created', null, 'C-BOB', null, null);
    create table identity.identity_comparable_records
        (source_customer_key text, record_number bigint);
    insert into identity.identity_comparable_records values ('shop:A-77', 1), ('shop:B-1', 2);
    create table identity.identity_blocking_keys
        (rule_number integer, record_number bigint, block_key bigint);
    insert into identity.identity_blocking_keys
        values (1, 1, 70), (1, 2, 71), (2, 1, 72), (2, 2, 72);
    create table identity.identity_blocks (rule_number integer, block_key bigint);
    insert into identity.identity_blocks values (1, 70), (1, 71), (2, 72);
    create table identity.identity_scored_pairs (left_number bigint, right_number bigint);
    insert into identity.identity_scored_pairs values (1, 2), (2, 3);
    create table identity.identity_customers_logged
        (source_customer_key text, customer_id text, record_number bigint);
    insert into identity.identity_customers_logged values
        ('shop:A-77', 'C-OLD-ANN', 1), ('shop:A-77', 'C-ANN', 1), ('shop:B-1', 'C-BOB', 2);
    create table identity.identity_shared_values (shared_value text);
    insert into identity.identity_shared_values values ('ann@own.example'), ('B');
    create table intermediate.int_customer_devices_summarised (customer_id text, device_id text);
    insert into intermediate.int_customer_devices_summarised values
        ('C-ANN', 'DEV-ANN'), ('C-ANN', 'DEV-SOFA'), ('C-BOB', 'DEV-SOFA');
    create table staging.stg_digital__events as
        select event_id, email, _batch_id, _line from raw.digital__events;
    create table intermediate.int_digital_events_identified as
        select
            event_id, device_id,
            case event_id when 'E3' then null when 'E4' then null when 'E5' then 'C-BOB'
                else 'C-ANN' end as customer_id
        from raw.digital__events;
    create table warehouse.bridge_customer_identifiers_personal
        (customer_id text, identifier_type text, identifier text);
    insert into warehouse.bridge_customer_identifiers_personal values
        ('C-ANN', 'email', 'ann@own.example'), ('C-ANN', 'email', 'family@home.example'),
        ('C-ANN', 'device', 'DEV-ANN'), ('C-ANN', 'source_key', 'shop:A-77'),
        ('C-BOB', 'email', 'family@home.example');
    create table intermediate.int_transactions_judged (customer_id text, transaction_key text);
    insert into intermediate.int_transactions_judged values
        ('C-ANN', 'shop:ORD-A1'), ('C-BOB', 'shop:ORD-B1');
    create table intermediate.int_campaign_sessions_judged (customer_id text, session_id text);
    insert into intermediate.int_campaign_sessions_judged values ('C-ANN', 'SESSION-1');
    create table intermediate.int_campaign_orders_matched (session_id text, transaction_key text);
    insert into intermediate.int_campaign_orders_matched values
        ('SESSION-1', 'shop:ORD-A1'), ('SESSION-2', 'shop:ORD-B1');
    create table history.versions (customer_id text, last_name text);
    insert into history.versions values
        ('C-ANN', 'LASTNAMEOFANN'), ('C-OLD-ANN', 'LASTNAMEOFANN'), ('C-BOB', 'Brown');
    create table warehouse.customer_consents (customer_id text, purpose text, state text);
    insert into warehouse.customer_consents values
        ('C-ANN', 'profiling', 'granted'), ('C-BOB', 'profiling', 'granted');
    create table staging.stg_shop__customers as
        select customer_id, last_name, _batch_id, _line from raw.shop__customers;
"""
DECIDED = """
    insert into ops.identity_decisions (kind, left_key, right_key, reason, decided_by) values
        ('unlink', 'shop:A-77', 'shop:B-1', 'LASTNAMEOFANN is not Brown', 'a steward'),
        ('unlink', 'shop:B-1', 'shop:B-2', 'two brothers', 'a steward');
    insert into ops.identity_decisions (kind, undone_decision_id, reason, decided_by)
        values ('undo', 1, 'A-77 called', 'a steward'), ('undo', 2, 'they called', 'a steward');
    insert into ops.gate_failed_rows values
        ('b1', 'test', 'unique_email', 1, '{"email": "ann@own.example"}');
"""


def write(settings: Settings, name: str, content: bytes) -> None:
    path = settings.landing_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def deliver(settings: Settings) -> None:
    """Deliver Ann and Bob in every format, and a row of Ann's that no parser takes."""
    customers = (
        CUSTOMERS
        + 'A-77,Ann,"LASTNAMEOFANN\nof two lines",ANN@own.example,,2024-01-01\n'
        + f"B-1,Bob,Brown,{FAMILY},,2024-01-01\n"
        + f"A-77,Ann,LASTNAMEOFANN,{FAMILY},,2024-02-01\n"
        + "A-77,too,few\n"
        + "B-2,too,few\n"
    )
    write(settings, "shop/customers/customers.csv", customers.encode())
    orders = f"{ORDERS}ORD-A1,A-77,P1,2024-03-01,1,10\nORD-B1,B-1,P1,2024-03-01,1,20\n"
    write(settings, "shop/online_transactions/orders.csv.gz", gzip.compress(orders.encode()))
    returns = (
        "return_id,order_id,returned_at,amount\nR1,ORD-A1,2024-03-02,1\nR2,ORD-B1,2024-03-02,2\n"
    )
    write(settings, "shop/returns/returns.csv", returns.encode())
    event = {"occurred_at": "2024-03-01T00:00:00Z", "interaction_type": "WEBSITE_VISIT"}
    events = [
        {"event_id": "E1", "device_id": "DEV-ANN", **event},
        {"event_id": "E2", "email": "Ann@own.example ", **event},
        {"event_id": "E3", "email": FAMILY, **event},
        {"event_id": "E4", "device_id": "DEV-SOFA", **event},
        {"event_id": "E5", "device_id": "DEV-SOFA", "customer_id": "B-1", **event},
    ]
    lines = "".join(f"{json.dumps(line)}\n" for line in events)
    write(settings, "digital/events/events.ndjson", lines.encode())
    people = [
        {
            "customer_id": key,
            "full_name": name,
            "email": None,
            "country": "DE",
            "registration_date": "1",
        }
        for key, name in (("R-ANN", "Ann LASTNAMEOFANN"), ("R-BOB", "Bob Brown"))
    ]
    write(settings, "retail_api/customers/customers.json", json.dumps(people).encode())
    accounts = ("shop,A-77", " SHOP ,A-77", "retail_api,R-ANN", "Old CRM,X-ANN", "shop,B-1")
    consents = CONSENTS + "".join(
        f"K{number},{account},profiling,granted,2024-01-01,web_form,form\n"
        for number, account in enumerate(accounts, start=1)
    )
    write(
        settings,
        "consent/consent_events/consents.csv",
        f"{consents}K6,shop,A-77,too,few\n".encode(),
    )
    path = settings.landing_dir / "external_customers" / "crm.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = ["X-ANN", "X-BOB"]
    pd.DataFrame(
        {"source": ["Old CRM"] * 2, "source_id": keys, "first_name": ["A", "B"]}
    ).to_parquet(path)


def make(settings: Settings) -> None:
    """Deliver and load both; make what dbt, the stewards, a gate, an export and a log would."""
    ensure_database(settings)
    deliver(settings)
    load_files(settings, [], Console(quiet=True))
    shutil.copytree(settings.landing_dir, settings.data_dir.parent / "originals")
    (settings.exports_dir / "000001").mkdir(parents=True)
    (settings.exports_dir / "000001" / "people.csv").write_text("C-ANN")
    with connect(settings, role="c360_transformer") as connection, connection:
        connection.cursor().execute(BUILT)
    with connect(settings, role="c360_operator") as connection, connection:
        connection.cursor().execute(DECIDED)
    log = settings.data_dir / "dbt" / "logs" / "dbt.log"
    log.parent.mkdir(parents=True)
    log.write_text("Key (email)=(Ann@own.example) already exists.\nshop:A-777 is fine.\n")


def everything(settings: Settings) -> str:
    """Return all rows of all tables and all files as one text."""
    texts = []
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(
                SQL("select held::text from {} as held").format(Identifier(schema, table))
            )
            texts += [str(row) for (row,) in cursor.fetchall()]
    return "\n".join(texts + [content(path) for path in files(settings)])


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.data_dir.rglob("*") if path.is_file()]


def content(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pd.read_parquet(path).to_csv())
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def traces(settings: Settings) -> list[str]:
    text = everything(settings)
    return [name for name in ANN if re.search(name, text, re.IGNORECASE)]


def raw_rows(settings: Settings, table: str) -> list[tuple[object, ...]]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(SQL("select * from {} order by _line").format(Identifier("raw", table)))
        return cursor.fetchall()
