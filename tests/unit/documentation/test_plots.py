"""Pictures show what the rows say, and leave blank what nobody has observed."""

from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib import pyplot as plt

from customer360.documentation.plots import calibration_plot, retention_heatmap


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure."""
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def test_each_model_has_its_points_on_its_panel() -> None:
    rows = [
        ("lifetime", "2025-04-05", 0.1, 0.2),
        ("lifetime", "2025-04-05", 0.8, 0.7),
        ("lifetime", "2025-07-04", 0.5, 0.5),
        ("recency_only", "2025-04-05", 0.3, 0.4),
    ]
    lifetime, health, recency = calibration_plot(rows).axes
    assert [panel.get_title() for panel in (lifetime, health, recency)] == [
        "lifetime models",
        "health score",
        "recency alone",
    ]
    _, first, second = lifetime.get_lines()
    assert np.asarray(first.get_xydata()).tolist() == [[0.1, 0.2], [0.8, 0.7]]
    assert np.asarray(second.get_xydata()).tolist() == [[0.5, 0.5]]
    assert len(np.asarray(health.get_lines()[1].get_xydata())) == 0


def test_months_not_observed_are_blank_and_zero_is_not() -> None:
    rows = [
        ("2025-01-01", 10, 0, 1.0),
        ("2025-01-01", 10, 1, 0.5),
        ("2025-01-01", 10, 2, 0.0),
        ("2025-02-01", 4, 0, 1.0),
        ("2025-02-01", 4, 1, 0.25),
    ]
    panel, *_ = retention_heatmap(rows).axes
    (image,) = panel.get_images()
    shown = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
    np.testing.assert_array_equal(shown, [[0.5, 0.0], [0.25, np.nan]])
    assert [text.get_text() for text in panel.texts] == ["50", "0", "25"]
    assert [label.get_text() for label in panel.get_yticklabels()] == [
        "2025-01  (10)",
        "2025-02  (4)",
    ]
