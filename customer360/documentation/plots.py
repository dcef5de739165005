"""Draw docs/images/ from the published warehouse: `make plots`."""

import logging
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from customer360.database.connection import connect
from customer360.publishing.relations import OPERATOR
from customer360.settings import get_settings

logger = logging.getLogger(__name__)

DOTS_PER_INCH = 110
MODELS = {"lifetime": "lifetime models", "health": "health score", "recency_only": "recency alone"}
_CALIBRATION = """
    select model, cut_off_date::text, mean_predicted::float8, mean_observed::float8
    from warehouse.model_calibration
    where target = 'churn' and model = any(%s)
    order by model, cut_off_date, decile
"""
_RETENTION = """
    select cohort_month::text, cohort_size, months_since_first_purchase, retention_share::float8
    from warehouse.cohort_retention
    where is_complete_month
    order by cohort_month, months_since_first_purchase
"""

Rows = Sequence[tuple[object, ...]]


def calibration_plot(rows: Rows) -> Figure:
    """Draw observed against predicted churn by tenths of customers, a panel for each model.

    A row is model, cut-off, mean predicted, mean observed. On the diagonal a forecast is right.
    """
    figure, panels = plt.subplots(
        1, len(MODELS), figsize=(11, 4.4), sharey=True, layout="constrained"
    )
    cut_offs = sorted({str(row[1]) for row in rows})
    for panel, (model, title) in zip(panels, MODELS.items(), strict=True):
        panel.plot([0, 1], [0, 1], color="0.75", linewidth=1)
        for number, cut_off in enumerate(cut_offs):
            points = np.array([row[2:] for row in rows if row[:2] == (model, cut_off)], dtype=float)
            colour = mpl.colormaps["viridis"](number / max(len(cut_offs), 2))
            panel.plot(*points.reshape(-1, 2).T, "o-", color=colour, markersize=4, label=cut_off)
        panel.set(title=title, xlabel="predicted", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    panels[0].set_ylabel("observed share without a purchase")
    panels[0].legend(title="cut-off", frameon=False, loc="upper left")
    figure.suptitle("Churn: forecasts at past days against what followed, by tenths of customers")
    return figure


def retention_heatmap(rows: Rows) -> Figure:
    """Draw the share of each cohort that bought, month by month; what is not observed is blank.

    A row is cohort, its size, months since the first purchase, share.
    """
    sizes = {str(row[0]): row[1] for row in rows}
    cohorts = list(sizes)
    shares = np.full((len(cohorts), 1 + max(int(str(row[2])) for row in rows)), np.nan)
    for cohort, _, month, share in rows:
        shares[cohorts.index(str(cohort)), int(str(month))] = share
    figure, panel = plt.subplots(figsize=(11, 0.8 + 0.27 * len(cohorts)), layout="constrained")
    later = shares[:, 1:]
    image = panel.imshow(later, cmap="YlGnBu", aspect="auto", vmin=0, vmax=np.nanmax(later))
    for place in np.argwhere(~np.isnan(later)):
        value = later[tuple(place)]
        colour = "white" if value > 0.6 * np.nanmax(later) else "black"
        text = f"{100 * value:.0f}"
        panel.text(place[1], place[0], text, ha="center", va="center", fontsize=7, color=colour)
    panel.set_xticks(range(later.shape[1]), [str(1 + month) for month in range(later.shape[1])])
    labels = [f"{cohort[:7]}  ({sizes[cohort]})" for cohort in cohorts]
    panel.set_yticks(range(len(cohorts)), labels, fontsize=8)
    panel.set(
        xlabel="months since the first purchase", ylabel="month of the first purchase (customers)"
    )
    panel.set_title("Customers of each cohort who bought in a month, in %")
    figure.colorbar(image, ax=panel, label="share", fraction=0.025, pad=0.01)
    return figure


def draw(images: Path) -> list[Path]:
    """Write both pictures into `images` and return their paths."""
    with connect(get_settings(), role=OPERATOR) as connection, connection.cursor() as cursor:
        cursor.execute(_CALIBRATION, [list(MODELS)])
        calibration = cursor.fetchall()
        cursor.execute(_RETENTION)
        retention = cursor.fetchall()
    figures = {
        "calibration.png": calibration_plot(calibration),
        "retention.png": retention_heatmap(retention),
    }
    images.mkdir(exist_ok=True)
    for name, figure in figures.items():
        figure.savefig(images / name, dpi=DOTS_PER_INCH, metadata={"Software": ""})
        logger.info("wrote %s", images / name)
    return [images / name for name in figures]


if __name__ == "__main__":
    mpl.use("Agg")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    draw(get_settings().project_dir / "docs" / "images")
