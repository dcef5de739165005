"""Where a connection id leads: a URL with its secrets, from the environment or from Airflow."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from customer360.errors import ConfigurationError

_VARIABLE = "C360_CONNECTION_"


@dataclass(frozen=True)
class Endpoint:
    """One connection. `url` holds login and password, and is never shown."""

    connection: str
    url: str = field(repr=False)

    @property
    def login(self) -> str:
        """The user's name; empty if there is none."""
        return unquote(urlsplit(self.url).username or "")

    @property
    def password(self) -> str:
        """The password or token; empty if there is none."""
        return unquote(urlsplit(self.url).password or "")

    @property
    def bare_url(self) -> str:
        """The URL without login and password."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    @property
    def directory(self) -> Path:
        """The directory that a file URL, or a plain path, leads to."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.path) if parts.scheme in ("file", "") else self.url)


def endpoint_from_environment(
    connection: str, environment: Mapping[str, str] = os.environ
) -> Endpoint | None:
    """Return what `C360_CONNECTION_<ID>` (or the file `…_FILE`) says; None if neither is set.

    Raises:
        ConfigurationError: if the file cannot be read, or holds nothing.
    """
    variable = f"{_VARIABLE}{connection.upper()}"
    url = environment.get(variable, "")
    file = environment.get(f"{variable}_FILE", "")
    if not url and file:
        url = _secret(f"{variable}_FILE", Path(file))
    return Endpoint(connection, url) if url else None


def _secret(variable: str, file: Path) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{variable} cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{variable}: {file} is no text in UTF-8") from None
    if not secret:
        raise ConfigurationError(f"{variable}: {file} is empty; write the URL into it")
    return secret


def endpoint_of(  # noqa: PLR0913 - the fields of an Airflow connection
    connection: str,
    *,
    conn_type: str,
    host: str | None = None,
    port: int | None = None,
    login: str | None = None,
    password: str | None = None,
    schema: str | None = None,
) -> Endpoint:
    """Return an Airflow connection as an endpoint.

    `host` may be a whole URL or a directory; `schema` is the protocol of HTTP connections, as
    Airflow's own hook has it, and the database of Postgres ones.
    """
    address = host or ""
    if conn_type in ("fs", "file"):
        return Endpoint(connection, address)
    is_http = conn_type.startswith("http")
    if "://" not in address:
        scheme = (schema or "https") if is_http else "postgresql"
        address = f"{scheme}://{address}"
    parts = urlsplit(address)
    secrets = f"{quote(login or '', safe='')}:{quote(password or '', safe='')}@"
    place = parts.netloc.rpartition("@")[2] + (f":{port}" if port and not parts.port else "")
    path = parts.path if is_http else f"/{schema or ''}"
    with_secrets = parts._replace(netloc=(secrets if secrets != ":@" else "") + place, path=path)
    return Endpoint(connection, urlunsplit(with_secrets))
