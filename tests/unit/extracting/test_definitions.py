"""A `pull` entry is read beside its `landing`, and refused in words where it cannot work."""

from pathlib import Path

import pytest

from customer360.extracting.definitions import load_pulls
from customer360.extracting.endpoints import Endpoint, endpoint_from_environment, endpoint_of
from customer360.landing.contracts import ContractError

ENTRY = """
sources:
  - name: shop
    tables:
      - name: items
        config:
          meta:
            landing: {files: "shop/items/*.ndjson*", format: ndjson, key: [id]}
            pull: {kind: rest, connection: shop_api, path: items}
        columns: [{name: id}]
      - name: others
        config: {meta: {landing: {files: "shop/others/*", format: csv, key: [id]}}}
        columns: [{name: id}]
"""


def write(project: Path, text: str) -> Path:
    folder = project / "models/staging/shop"
    folder.mkdir(parents=True)
    (folder / "_shop__sources.yml").write_text(text)
    return project


def test_only_feeds_with_an_entry_are_pulled(tmp_path: Path) -> None:
    pulls = load_pulls(write(tmp_path / "dbt", ENTRY))
    assert list(pulls) == ["shop.items"]
    assert pulls["shop.items"].folder == "shop/items"


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("kind: rest", "kind: ftp", "shop.items.config.meta.pull: .*'ftp'"),
        ("path: items", "paht: items", "rest.path: Field required.*paht: Extra inputs"),
        ("connection: shop_api", "connection: 'https://x'", "rest.connection"),
        ("format: ndjson", "format: csv", "writes ndjson or json, which is not among"),
        ("*.ndjson*", "*.jsonl", r"does not claim shop/items/shop_items_pulled.ndjson"),
        ('files: "shop/items/*.ndjson*"', 'files: "shop/*/*.csv"', "does not claim"),
        ("landing: {files", "landed: {files", "needs a `landing` beside it"),
    ],
)
def test_an_entry_that_cannot_work_is_refused(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    project = write(tmp_path / "dbt", ENTRY.replace(right, wrong, 1))
    with pytest.raises(ContractError, match=says):
        load_pulls(project)


def test_connections_come_from_variables_and_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("postgresql://reader:p%40ss@host/db\n")
    found = endpoint_from_environment("shop", {"C360_CONNECTION_SHOP_FILE": str(file)})
    assert found is not None
    assert (found.login, found.password) == ("reader", "p@ss")
    assert found.bare_url == "postgresql://host/db"
    assert "p%40ss" not in repr(found)
    assert endpoint_from_environment("other", {"C360_CONNECTION_SHOP": "x"}) is None


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"conn_type": "http", "host": "api.example.com"}, "https://api.example.com"),
        (
            {"conn_type": "http", "host": "api.example.com", "schema": "http", "port": 8080},
            "http://api.example.com:8080",
        ),
        (
            {"conn_type": "http", "host": "https://api.example.com/v1", "password": "t:/k@n"},
            "https://:t%3A%2Fk%40n@api.example.com/v1",
        ),
        (
            {
                "conn_type": "postgres",
                "host": "db",
                "port": 5432,
                "login": "r",
                "password": "p",
                "schema": "retail",
            },
            "postgresql://r:p@db:5432/retail",
        ),
        ({"conn_type": "fs", "host": "/srv/exports"}, "/srv/exports"),
    ],
)
def test_airflow_connections_become_urls(fields: dict[str, object], url: str) -> None:
    assert endpoint_of("x", **fields).url == url  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["/srv/ex ports", "file:///srv/ex%20ports"])
def test_directories_are_paths_or_urls(url: str) -> None:
    assert Endpoint("x", url).directory == Path("/srv/ex ports")
