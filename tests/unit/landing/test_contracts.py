"""Contracts are read from source YAMLs; what is wrong with one is said with its file and entry."""

from pathlib import Path

import pytest

from customer360.landing.contracts import ContractError, FeedContract, load_contracts
from customer360.settings import PROJECT_DIR

GOOD = """
sources:
  - name: shop
    tables:
      - name: items
        identifier: shop__items
        config: {meta: {landing: {files: "shop/items/*.csv", format: csv, key: [id]}}}
        columns: [{name: id}, {name: price}]
      - name: made_elsewhere
"""


def contracts(tmp_path: Path, text: str) -> dict[str, FeedContract]:
    folder = tmp_path / "dbt_project/models/staging/shop"
    folder.mkdir(parents=True)
    (folder / "_shop__sources.yml").write_text(text)
    return load_contracts(tmp_path / "dbt_project")


def test_the_projects_own_contracts_can_be_read() -> None:
    feeds = load_contracts(PROJECT_DIR / "dbt_project")
    assert feeds["shop.customers"].table == "shop__customers"
    assert feeds["external.transactions"].formats == ("csv", "ndjson", "json", "parquet")


def test_a_contract_has_defaults_and_only_tables_with_files_are_feeds(tmp_path: Path) -> None:
    feeds = contracts(tmp_path, GOOD)
    assert list(feeds) == ["shop.items"]
    items = feeds["shop.items"]
    assert (items.table, items.columns, items.required) == ("shop__items", ("id", "price"), ("id",))
    assert (items.encoding, items.delimiter, items.formats) == ("utf-8", ",", ("csv",))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format: csv", "format: xls", "shop.items.config.meta.landing.format: .*'xls'.*known are"),
        ("format: csv", "format: csv, encoding: utf9", "encoding: .*no encoding 'utf9'"),
        ("format: csv", "format: csv, delimiter: ab", "shop.items.config.meta.landing.delimiter"),
        ("format: csv", "format: csv, sheet: 1", "landing.sheet: Extra inputs"),
        ("key: [id]", "key: []", "landing.key"),
        ("key: [id]", "key: [nr]", "shop.items: not among `columns:`: nr"),
        ("{name: price}", "{name: ID}", "shop.items: columns declared twice: id"),
        ("{name: price}", "{name: _line}", "columns.*_line|columns.1.name"),
        (
            "- name: made_elsewhere",
            "- name: b\n        identifier: shop__items\n        config: {meta: "
            "{landing: {files: b, format: csv, key: [id]}}}\n        columns: [{name: id}]",
            "shop.b: raw.shop__items already belongs to shop.items",
        ),
        ("sources:", "sources: [", "this is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_entry(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ContractError, match=says) as raised:
        contracts(tmp_path, GOOD.replace(old, new))
    assert "dbt_project/models/staging/shop/_shop__sources.yml" in str(raised.value)


def test_the_fingerprint_changes_with_the_contract(tmp_path: Path) -> None:
    before = contracts(tmp_path / "a", GOOD)["shop.items"].fingerprint
    same = contracts(tmp_path / "b", GOOD)["shop.items"].fingerprint
    after = contracts(tmp_path / "c", GOOD.replace("price", "cost"))["shop.items"].fingerprint
    assert before == same != after


@pytest.mark.parametrize(
    ("name", "is_claimed"),
    [
        ("shop/items/a.csv", True),
        ("/elsewhere/shop/items/a.csv", True),
        ("other/shop/items/a.csv", False),
        ("shop/items/a.json", False),
        ("items/a.csv", False),
    ],
)
def test_a_feed_claims_files_by_their_place(tmp_path: Path, name: str, is_claimed: bool) -> None:  # noqa: FBT001
    assert contracts(tmp_path, GOOD)["shop.items"].claims(name) is is_claimed
