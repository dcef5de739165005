"""A command line as a person has it."""

import sys

import pytest

from customer360 import cli
from customer360.settings import Settings, get_settings


class Terminal:
    """A command line whose settings come from the environment, as a person's do."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capture = patch, capture

    def say(self, arguments: tuple[str, ...], **variables: object) -> tuple[int, str]:
        """Run a command; return its exit code and its words, lines joined."""
        for name, value in variables.items():
            self._patch.setenv(f"C360_{name.upper()}", str(value))
        self._patch.setattr(sys, "argv", ["customer360", *arguments])
        get_settings.cache_clear()
        with pytest.raises(SystemExit) as end:
            cli.run()
        get_settings.cache_clear()
        printed = self._capture.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return int(end.value.code or 0), " ".join(printed.out.split())


def url_of(settings: Settings) -> str:
    """Return the URL that a person would set."""
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()
