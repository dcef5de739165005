"""An erased customer is nowhere any more, and stays away however often they are delivered."""

import shutil

import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.landing.commands import load_files
from customer360.privacy.erasure import erase
from customer360.privacy.subject import UnknownCustomer
from customer360.privacy.tombstones import WrongKey
from customer360.settings import Settings
from customer360.transformation.build import BuildBusy, build_lock
from tests.integration.privacy.two_customers import (
    ANN,
    CONSENTS,
    CUSTOMERS,
    FAMILY,
    everything,
    raw_rows,
    traces,
    write,
)


def test_nothing_is_left_and_nothing_comes_back(shop: Settings) -> None:
    assert set(traces(shop)) == set(ANN)
    bobs = [row for row in raw_rows(shop, "shop__customers") if row[0] == "B-1"]
    erasure = erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    assert traces(shop) == []
    assert erasure.rows_by_table == {
        "raw.shop__customers": 2,
        "raw.shop__online_transactions": 1,
        "raw.shop__returns": 1,
        "raw.digital__events": 4,
        "raw.consent__consent_events": 4,
        "raw.retail_api__customers": 1,
        "raw.external__customers": 1,
        "ops.quarantined_rows": 2,
        "ops.identity_decisions": 2,
        "ops.gate_failed_rows": 1,
        "identity.customer_id_forwards": 1,
        "identity.identity_blocking_keys": 2,
        "identity.identity_blocks": 1,
        "identity.identity_comparable_records": 1,
        "identity.identity_customers": 3,
        "identity.identity_customers_logged": 2,
        "identity.identity_records": 2,
        "identity.identity_scored_pairs": 1,
        "identity.identity_shared_values": 1,
        "intermediate.int_campaign_orders_matched": 1,
        "intermediate.int_campaign_sessions_judged": 1,
        "intermediate.int_customer_devices_summarised": 2,
        "intermediate.int_digital_events_identified": 4,
        "intermediate.int_transactions_judged": 1,
        "staging.stg_digital__events": 4,
        "staging.stg_shop__customers": 2,
        "identity.customer_id_changes": 2,
        "history.versions": 2,
        "warehouse.customer_consents": 1,
        "warehouse.bridge_customer_identifiers_personal": 4,
    }
    assert (shop.data_dir / "dbt" / "logs" / "dbt.log").read_text() == (
        "Key (email)=([erased]) already exists.\nshop:A-777 is fine.\n"
    )
    assert raw_rows(shop, "shop__customers") == bobs
    shutil.copytree(shop.data_dir.parent / "originals", shop.landing_dir, dirs_exist_ok=True)
    for number, path in enumerate(sorted((shop.data_dir.parent / "originals").rglob("*.*"))):
        name = path.relative_to(shop.data_dir.parent / "originals")
        changed = path.read_bytes() + (b"\n" if path.suffix in {".csv", ".ndjson"} else b"")
        write(shop, f"{name.parent}/again_{number}_{name.name}", changed)
    assert set(traces(shop)) == set(ANN) - {"C-ANN", "C-OLD-ANN"}
    load_files(shop, [], Console(quiet=True))
    assert traces(shop) == []
    assert FAMILY in everything(shop)
    assert {row[0] for row in raw_rows(shop, "shop__customers")} == {"B-1"}
    load_files(shop, [], Console(quiet=True))
    assert len(raw_rows(shop, "shop__customers")) == 2  # Bob's, of both deliveries


def test_what_nobody_is_said_to_have_done_goes_with_whoever_may_have_done_it(
    shop: Settings,
) -> None:
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    assert [row[0] for row in raw_rows(shop, "digital__events")] == ["E5"]


def test_the_same_id_in_another_system_is_somebody_elses(shop: Settings) -> None:
    row = "K7,loyalty,A-77,profiling,granted,2024-01-01,till,form\n"
    write(shop, "consent/consent_events/others.csv", f"{CONSENTS}{row}".encode())
    load_files(shop, [], Console(quiet=True))
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    assert [row[0] for row in raw_rows(shop, "consent__consent_events")] == ["K7", "K5"]


def test_a_former_id_means_who_lives_on(shop: Settings) -> None:
    erase(shop, "C-OLD-ANN", requested_by="request 12", reason="article 17")
    assert traces(shop) == []


def test_no_build_runs_meanwhile(shop: Settings) -> None:
    with build_lock(shop), pytest.raises(BuildBusy):
        erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    assert set(traces(shop)) == set(ANN)


def test_ledger_accounts_for_every_row(shop: Settings) -> None:
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    with connect(shop) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select rows_in_file, rows_loaded, rows_quarantined, rows_erased from ops.load_batches"
            " where feed = 'shop.customers'"
        )
        assert cursor.fetchall() == [(5, 1, 1, 3)]


def test_lines_of_others_keep_their_numbers(shop: Settings) -> None:
    before = (shop.landing_dir / "shop" / "customers" / "customers.csv").read_text().split("\n")
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    after = (shop.landing_dir / "shop" / "customers" / "customers.csv").read_text().split("\n")
    assert len(after) == len(before)
    assert [line for line in after if line] == [
        line for line in before if line.startswith(("customer_id", "B-"))
    ]


def test_rejected_files_that_name_somebody_erased_are_removed(shop: Settings) -> None:
    early = shop.landing_dir / "shop" / "customers" / "early.csv"
    early.write_text("nonsense,A-77\n")
    of_bob = shop.landing_dir / "shop" / "customers" / "bob.csv"
    of_bob.write_text("nonsense,B-1\n")
    load_files(shop, [], Console(quiet=True))
    assert early.exists()
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    assert (early.exists(), of_bob.exists()) == (False, True)
    early.write_text("other nonsense,A-77\n")
    load_files(shop, [], Console(quiet=True))
    assert not early.exists()


def test_another_key_is_refused(shop: Settings) -> None:
    erase(shop, "C-ANN", requested_by="request 12", reason="article 17")
    shop.pseudonym_key_path.unlink()
    write(shop, "shop/customers/late.csv", f"{CUSTOMERS}A-77,Ann,A,,,2024-01-01\n".encode())
    with pytest.raises(WrongKey, match="put it back"):
        load_files(shop, [], Console(quiet=True))


def test_unknown_customers_are_named(shop: Settings) -> None:
    with pytest.raises(UnknownCustomer, match="no customer C-NOBODY"):
        erase(shop, "C-NOBODY", requested_by="request 12", reason="article 17")
