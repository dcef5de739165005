"""The task of export_marts writes what the BI role may read of the live publication."""

from typing import TYPE_CHECKING

import pytest

from customer360.exporting.outcomes import NothingPublished
from customer360.publishing.publisher import publish
from customer360.settings import get_settings
from tests.integration.publishing.conftest import RULES, Shop, shop

if TYPE_CHECKING:
    from airflow.sdk import DAG

__all__ = ["shop"]


def test_task_exports_once_for_the_bi_role(
    shop: Shop,
    dags: "dict[str, DAG]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shop.settings.database_url is not None
    monkeypatch.setenv("C360_DATABASE_URL", shop.settings.database_url.get_secret_value())
    monkeypatch.setenv("C360_DATA_DIR", str(shop.settings.data_dir))
    get_settings.cache_clear()
    export = dags["export_marts"].get_task("export").python_callable
    with pytest.raises(NothingPublished):
        export()
    shop.build(1)
    publish(shop.settings, rules=RULES)
    folder = shop.settings.exports_dir / "000001"
    assert export() == export() == str(folder)
    assert '"role": "c360_bi"' in (folder / "manifest.json").read_text()
    get_settings.cache_clear()
