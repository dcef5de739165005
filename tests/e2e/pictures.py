"""Take docs/images/dashboards/ from the published warehouse: `make pictures`."""

import io
import logging

from PIL import Image

from customer360.bi.home import SupersetHome
from customer360.bi.local_superset import ensure_superset
from customer360.settings import PROJECT_DIR, get_settings
from tests.e2e.browser import Visitor, chromium
from tests.e2e.conftest import Warehouse
from tests.e2e.test_dashboards import CHARTS, CUSTOMER, CUSTOMER_FILTER, SEARCH, WELL_KNOWN

FOLDER = PROJECT_DIR / "docs" / "images" / "dashboards"
COLOURS = 256  # enough for charts, and a third of the bytes
WELL_KNOWN_NAME = f"""
    select concat_ws(' ', first_name, last_name)
    from warehouse.dim_customers_personal where customer_id = ({WELL_KNOWN})
"""
# Dashboards about somebody: whom, and the filter that takes it.
CHOICE = {
    CUSTOMER: (WELL_KNOWN, CUSTOMER_FILTER),
    SEARCH: (WELL_KNOWN_NAME, f"NATIVE_FILTER-{SEARCH}-name"),
}

logger = logging.getLogger(__name__)


def main() -> None:
    """Write a picture of each dashboard as those see it whom it is for.

    Raises:
        RuntimeError: if a chart has nothing to show.
    """
    home = SupersetHome(get_settings())
    port = ensure_superset(home, home.settings.superset_port, logger.info)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for user, slugs in (("analyst", CHARTS.keys() - {SEARCH}), ("privacy_analyst", {SEARCH})):
            visitor = Visitor(browser, f"http://127.0.0.1:{port}")
            visitor.log_in(user, home.passwords()[user])
            for slug in sorted(slugs):
                _take(visitor, slug, Warehouse(home.settings))


def _take(visitor: Visitor, slug: str, warehouse: Warehouse) -> None:
    charts = CHARTS[slug]
    visitor.open(slug, charts)
    if slug in CHOICE:
        query, filter_ = CHOICE[slug]
        ((option,),) = warehouse.rows(query)
        visitor.choose(filter_, option, charts)
    if troubles := visitor.troubles():
        raise RuntimeError(f"{slug}: {troubles}")
    picture = Image.open(io.BytesIO(visitor.picture())).quantize(COLOURS)
    picture.save(FOLDER / f"{slug}.png", optimize=True)
    logger.info("wrote %s", FOLDER / f"{slug}.png")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
