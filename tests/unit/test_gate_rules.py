"""gates.yml is read strictly."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from customer360.publishing.rules import load_rules


def write(tmp_path: Path, text: str) -> Path:
    """Write a rules file."""
    path = tmp_path / "gates.yml"
    path.write_text(text)
    return path


def test_table_without_a_share_of_its_own_has_the_default(tmp_path: Path) -> None:
    text = "rows: {default: {max_loss_share: 0.2}, tables: {mart: {min_rows: 3}}}"
    rules = load_rules(write(tmp_path, text))
    assert rules.rows.of("mart") == (0.2, 3)
    assert rules.rows.of("other") == (0.2, 0)


def test_share_of_zero_is_not_the_default(tmp_path: Path) -> None:
    text = "rows: {default: {max_loss_share: 0.2}, tables: {mart: {max_loss_share: 0}}}"
    assert load_rules(write(tmp_path, text)).rows.of("mart") == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "rows: {}",
        "rows: {default: {max_loss_share: 20}}",
        "rows: {default: {max_loss_share: 0.2}, tables: {mart: {max_los_share: 0.1}}}",
        "rows: {default: {max_loss_share: 0.2}}\nreconcilation: []",
    ],
)
def test_mistakes_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValidationError):
        load_rules(write(tmp_path, text))
