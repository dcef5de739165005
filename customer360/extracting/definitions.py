"""Which feeds are pulled and from where: `config.meta.pull` of their entries in dbt's YAMLs.

The entry stands beside the feed's `landing`, which says what the files that are written look like,
so nothing about a feed is in two places. Secrets are in none: `connection` names them.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from customer360.landing.contracts import ContractError, FeedContract, load_contracts

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Seconds = Annotated[int, Field(ge=0)]


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    connection: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")


class RestPull(_Definition):
    """Pages of a REST API.

    `paging` says how the next page is found: by its number (until one is empty), by a cursor that
    the answer holds at `next`, or by the URL of a `Link` header or at `next`. `records` is the path
    of the list in the answer, empty where the answer is the list. `since` is the parameter that
    takes the watermark, the newest value of the field `watermark` that an earlier run saw.
    """

    kind: Literal["rest"]
    path: str
    paging: Literal["page", "cursor", "link"] = "page"
    records: str = ""
    next: str = ""
    page_parameter: str = "page"
    first_page: int = 1
    cursor_parameter: str = "cursor"
    size_parameter: str = "page_size"
    page_size: int = Field(default=500, ge=1)
    parameters: dict[str, str] = {}
    watermark: str = ""
    since: str = "updated_since"
    overlap_seconds: Seconds = 0


class PostgresPull(_Definition):
    """A table, or a view, of another Postgres: rows whose `watermark` column is not older."""

    kind: Literal["postgres"]
    table: str = Field(pattern=r"^[^.\x00]+([.][^.\x00]+)?$")
    watermark: str = ""
    overlap_seconds: Seconds = 0


class MongodbPull(_Definition):
    """A directory into which mongoexport writes; `files` is a pattern of names in it."""

    kind: Literal["mongodb"]
    files: str = "*"


Definition = Annotated[RestPull | PostgresPull | MongodbPull, Field(discriminator="kind")]
_DEFINITION: TypeAdapter[RestPull | PostgresPull | MongodbPull] = TypeAdapter(Definition)


@dataclass(frozen=True)
class Pull:
    """A feed's contract and where it is pulled from."""

    contract: FeedContract
    definition: RestPull | PostgresPull | MongodbPull

    @property
    def feed(self) -> str:
        """The feed's name."""
        return self.contract.feed

    @property
    def folder(self) -> str:
        """The folder below the landing directory in which the contract expects files."""
        return PurePosixPath(self.contract.files).parent.as_posix()

    @property
    def sha256(self) -> str:
        """Fingerprint of the definition."""
        text = json.dumps(self.definition.model_dump(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load_pulls(dbt_project_dir: Path) -> dict[str, Pull]:
    """Return the feeds that are pulled, by name.

    Raises:
        ContractError: if an entry is incomplete, or its files would not be the feed's.
    """
    contracts = load_contracts(dbt_project_dir)
    pulls: dict[str, Pull] = {}
    for file in sorted((dbt_project_dir / "models" / "staging").glob("**/_*__sources.yml")):
        document = yaml.load(file.read_text(encoding="utf-8"), _LOADER) or {}  # noqa: S506 - safe
        for source in document.get("sources") or []:
            for table in source.get("tables") or []:
                meta = (table.get("config") or {}).get("meta") or {}
                if "pull" in meta:
                    feed = f"{source['name']}.{table['name']}"
                    pulls[feed] = _pull(feed, meta["pull"], contracts.get(feed))
    return pulls


def _pull(feed: str, entry: object, contract: FeedContract | None) -> Pull:
    if contract is None:
        raise ContractError(f"{feed}: `pull` needs a `landing` beside it, for what it writes.")
    try:
        pull = Pull(contract, _DEFINITION.validate_python(entry))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        )
        raise ContractError(
            f"{contract.declared_in}: {feed}.config.meta.pull: {problems}"
        ) from error
    written = written_format(pull)
    name = f"{pull.folder}/{feed.replace('.', '_')}_pulled.{written}"
    if not contract.claims(name):
        raise ContractError(
            f"{contract.declared_in}: {feed}: `landing.files` ({contract.files}) does not claim "
            f"{name}, which `pull` would write. Let the pattern end in *.{written}*."
        )
    return pull


def written_format(pull: Pull) -> Literal["csv", "json", "ndjson"]:
    """Return the format in which a pull writes.

    Raises:
        ContractError: if the contract reads none that it could write.
    """
    wanted: tuple[Literal["csv", "json", "ndjson"], ...] = (
        ("csv",) if pull.definition.kind == "postgres" else ("ndjson", "json")
    )
    for name in wanted:
        if name in pull.contract.formats:
            return name
    raise ContractError(
        f"{pull.contract.declared_in}: {pull.feed}: a pull of kind {pull.definition.kind} writes "
        f"{' or '.join(wanted)}, which is not among the formats of `landing`."
    )
