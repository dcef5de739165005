"""What a person can mend ends in a sentence: what is wrong, where, and what to do about it."""

from pathlib import Path

import pytest

from customer360.database.connection import connect
from customer360.errors import ConfigurationError
from customer360.settings import Settings
from tests.terminal import Terminal, url_of

EXPORT = ("privacy", "export", "C-1")
ERASE = ("privacy", "erase", "C-1", "--reason", "article 17", "--requested-by", "a", "--approved")


@pytest.mark.parametrize("arguments", [EXPORT, ERASE], ids=["export", "erase"])
def test_before_any_build(
    database: Settings, terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    code, words = terminal.say(arguments, data_dir=database.data_dir, database_url=url_of(database))
    assert code == 1
    assert 'relation "identity.' in words
    assert "`customer360 build`" in words
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from ops.erasures")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("arguments", [EXPORT, ERASE], ids=["export", "erase"])
def test_with_the_server_down(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    url = f"postgresql://postgres@/customer360?host={tmp_path}"
    code, words = terminal.say(arguments, data_dir=tmp_path / "data", database_url=url)
    assert code == 2
    assert str(tmp_path) in words
    assert "`customer360 db start`" in words


@pytest.mark.parametrize("arguments", [EXPORT, ERASE], ids=["export", "erase"])
@pytest.mark.parametrize("kind", ["directory", "not text", "below a file"])
def test_with_a_key_that_cannot_be_read(
    database: Settings, terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], kind: str
) -> None:
    key = tmp_path / "pseudonym.key"
    if kind == "directory":
        key.mkdir(mode=0o700)
    elif kind == "not text":
        key.write_bytes(b"\xff\xfe\x00")
        key.chmod(0o600)
    else:
        key.write_text("")
        key /= "deeper.key"
    code, words = terminal.say(
        arguments,
        data_dir=database.data_dir,
        database_url=url_of(database),
        pseudonym_key_file=key,
    )
    assert code == 2
    assert f"The key in {key} cannot be read" in words
    assert "C360_PSEUDONYM_KEY_FILE" in words


def test_a_database_that_is_not_set_up_is_said(database: Settings) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"c360_nobody.*`customer360 db start`"),
        connect(database, role="c360_nobody"),
    ):
        pass
