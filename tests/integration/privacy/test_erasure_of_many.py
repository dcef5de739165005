"""One in a hundred is erased, every file ever landed comes again, and all is built anew."""

import gzip
import random
import re
import shutil
from operator import itemgetter
from pathlib import Path

import pandas as pd
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.privacy.erasure import erase
from customer360.settings import Settings
from tests.integration.privacy.conftest import People, build
from tests.integration.privacy.delivered import delivered_rows, names_of

_WORD = re.compile(r"[\w@+-]+(?:\.[\w@+-]+)*")
# Whatever of a customer does not rank them among others, or is forecast from all of them.
_NUMBERS = {
    "customers": """
        select customer_id, country_code, record_count, source_names, first_seen_date, tenure_days,
            orders, gross_spend, refunded_amount, net_spend, first_purchase_date,
            last_purchase_date, preferred_channel, loyalty_tier, loyalty_points_balance, tickets,
            resolved_tickets, average_satisfaction, vehicles_owned, service_visits,
            service_revenue, email_opens, email_clicks, website_visits, app_sessions,
            social_interactions, campaign_sessions, last_digital_date
        from warehouse.customer_360
    """,
    "people": "select * from warehouse.dim_customers_personal",
    "records": "select customer_id, source_customer_key from identity.identity_customers",
    "purchases": """
        select customer_id, transaction_id, transaction_date, channel, amount
        from warehouse.fct_transactions where customer_id is not null
    """,
    "events": """
        select customer_id, event_id, interaction_type, campaign_id
        from warehouse.fct_digital_events where customer_id is not null
    """,
}


def texts_in_tables(settings: Settings) -> dict[str, str]:
    """Return all rows of each table as one text."""
    texts = {}
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select nspname, relname from pg_class inner join pg_namespace"
            " on relnamespace = pg_namespace.oid where relkind in ('r', 'p')"
            " and nspname !~ '^pg_|^information_schema$'"
        )
        for schema, table in cursor.fetchall():
            query = SQL("select held::text from {} as held").format(Identifier(schema, table))
            cursor.execute(query)
            texts[f"{schema}.{table}"] = "\n".join(str(row) for (row,) in cursor).lower()
    return texts


def texts_in_files(settings: Settings) -> dict[str, str]:
    """Return what the pipeline wrote; the server's own files and the truth are not its."""
    return {
        str(path.relative_to(settings.data_dir)): text_of(path).lower()
        for path in settings.data_dir.rglob("*")
        if path.is_file() and not {"postgres", "truth"} & set(path.parts)
    }


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pd.read_parquet(path).to_csv())
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def places(settings: Settings, names: set[str]) -> set[tuple[str, str]]:
    """Return where any of the names stands: as a word, or as a text of several words."""
    found = set()
    single = {name for name in names if _WORD.fullmatch(name)}
    for place, text in (texts_in_tables(settings) | texts_in_files(settings)).items():
        found |= {(place, name) for name in single & set(_WORD.findall(text))}
        found |= {(place, name) for name in names - single if name in text}
    return found


def numbers(people: People, without: list[str]) -> dict[str, set[tuple[object, ...]]]:
    """Return what is known of all customers but these, by kind."""
    return {
        kind: {tuple(map(str, row)) for row in people.admin(query) if row[0] not in without}
        for kind, query in _NUMBERS.items()
    }


def test_one_percent_is_gone_and_stays_away(people: People, tmp_path: Path) -> None:
    settings = people.settings
    records = [(str(one), str(key)) for one, key in people.admin(_NUMBERS["records"])]
    # By their records, as ids are others in each database: the sample is one and the same.
    customers = list(dict.fromkeys(one for one, _ in sorted(records, key=itemgetter(1))))
    chosen = random.Random(5).sample(customers, max(len(customers) // 100, 5))
    keys = {key for customer_id, key in records if customer_id in chosen}
    names = names_of(list(delivered_rows(settings.landing_dir)), keys)
    names |= {customer_id.lower() for customer_id in chosen}
    others = numbers(people, without=chosen)
    ((as_of_date,),) = people.admin("select as_of_date from intermediate.int_as_of_date_resolved")
    shutil.copytree(settings.landing_dir, tmp_path / "landing")
    assert {name for _, name in places(settings, names)} == names
    for customer_id in chosen:
        assert erase(settings, customer_id, requested_by="a test", reason="article 17")
    assert places(settings, names) == set()

    shutil.copytree(tmp_path / "landing", settings.landing_dir, dirs_exist_ok=True)
    for path in pending_files(settings):
        load_file(settings, path)
    build(settings, as_of_date=str(as_of_date))
    assert places(settings, names) == set()
    after = numbers(people, without=[])
    assert {
        kind: after[kind] ^ others[kind] for kind in others if after[kind] != others[kind]
    } == {}
