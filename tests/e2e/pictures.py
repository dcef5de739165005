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

logger = logging.getLogger(__name__)


def main() -> None:
    """Write a picture of each dashboard as the analyst sees it.

    Raises:
        RuntimeError: if a chart has nothing to show.
    """
    home = SupersetHome(get_settings())
    port = ensure_superset(home, home.settings.superset_port, logger.info)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        analyst = Visitor(browser, f"http://127.0.0.1:{port}")
        analyst.log_in("analyst", home.passwords()["analyst"])
        for slug, charts in CHARTS.items():
            if slug == SEARCH:  # shows people, if only made-up ones
                continue
            analyst.open(slug, charts)
            if slug == CUSTOMER:
                ((customer,),) = Warehouse(home.settings).rows(WELL_KNOWN)
                analyst.choose(CUSTOMER_FILTER, customer, charts)
            if troubles := analyst.troubles():
                raise RuntimeError(f"{slug}: {troubles}")
            picture = Image.open(io.BytesIO(analyst.picture())).quantize(COLOURS)
            picture.save(FOLDER / f"{slug}.png", optimize=True)
            logger.info("wrote %s", FOLDER / f"{slug}.png")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
