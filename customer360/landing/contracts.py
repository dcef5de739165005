"""Feed contracts: what each file must look like, read from dbt's source YAMLs and nowhere else."""

import codecs
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from customer360.landing.formats import FORMATS

# Raise it when the parser accepts what it rejected before: rejected files are then tried again.
PARSER_VERSION = 2
MEBIBYTE = 1024**2
# Contracts are read again with each file; libyaml, where PyYAML has it, is many times faster.
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Name = Annotated[str, Field(pattern=r"^[^_\x00].*$", max_length=63)]


class ContractError(ValueError):
    """A source YAML does not describe its feeds as the loader needs it; names file and entry."""


@dataclass(frozen=True)
class FeedContract:
    """What one feed promises. `feed` is `<source>.<table>`; all else is as the YAML says."""

    feed: str
    table: str
    columns: tuple[str, ...]
    files: str
    formats: tuple[str, ...]
    key: tuple[str, ...]
    required: tuple[str, ...]
    encoding: str
    delimiter: str
    max_field_bytes: int
    declared_in: str
    person: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def claims(self, file_name: str) -> bool:
        """Tell whether a file is this feed's; an absolute name matches on its last parts."""
        name, pattern = PurePosixPath(file_name), PurePosixPath(self.files)
        same_depth = name.is_absolute() or len(name.parts) == len(pattern.parts)
        return same_depth and name.match(self.files)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides whether a file is good: the contract and the parser."""
        text = json.dumps({**asdict(self), "parser": PARSER_VERSION}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class _Landing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    files: str = Field(min_length=1)
    format: Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    key: tuple[str, ...] = Field(min_length=1)
    required: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", pattern=r'^[^"\r\n\\\x00]$')
    max_field_bytes: int = Field(default=MEBIBYTE, ge=1, le=64 * MEBIBYTE)
    # Columns that name a person, each with the kind of name: whose rows an erasure takes. Then what
    # else such a row names: the orders of a person are theirs, and so are the returns of these.
    person: dict[str, str] = {}
    names: dict[str, str] = {}

    @field_validator("format")
    @classmethod
    def _can_be_read(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(value) - set(FORMATS)
        if unknown:
            raise ValueError(f"unknown format {sorted(unknown)}; known are {sorted(FORMATS)}")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            "a".encode(value)  # names of codecs that are not for text, as base64, fail here
            return codecs.lookup(value).name
        except (LookupError, UnicodeError):
            raise ValueError(f"Python knows no encoding {value!r}; try utf-8 or latin-1") from None


class _Column(BaseModel):
    name: Name


class _Meta(BaseModel):
    landing: _Landing | None = None


class _Config(BaseModel):
    meta: _Meta = _Meta()


class _Table(BaseModel):
    name: str
    identifier: Annotated[Name, Field(max_length=57)] | None = None  # `__rows` is added to it
    columns: tuple[_Column, ...] = ()
    config: _Config = _Config()


class _Source(BaseModel):
    name: str
    tables: tuple[_Table, ...] = ()


class _SourcesFile(BaseModel):
    sources: tuple[_Source, ...] = ()


def load_contracts(dbt_project_dir: Path) -> dict[str, FeedContract]:
    """Return the contract of every feed by its name `<source>.<table>`.

    A source table without `config.meta.landing` is no feed of files and is left out.

    Raises:
        ContractError: if an entry is incomplete or contradicts itself or another one.
    """
    contracts: dict[str, FeedContract] = {}
    tables: dict[str, str] = {}
    for file in sorted((dbt_project_dir / "models" / "staging").glob("**/_*__sources.yml")):
        for contract in _contracts_of(file, str(file.relative_to(dbt_project_dir.parent))):
            other = tables.setdefault(contract.table, contract.feed)
            if contract.feed in contracts or other != contract.feed:
                raise ContractError(
                    f"{contract.declared_in}: {contract.feed}: raw.{contract.table} already "
                    f"belongs to {other}. Give the entry a name and an identifier of its own."
                )
            contracts[contract.feed] = contract
    return contracts


def _contracts_of(file: Path, shown: str) -> Iterator[FeedContract]:
    for source in _parse(file, shown).sources:
        for table in source.tables:
            if table.config.meta.landing is not None:
                yield _contract(source, table, table.config.meta.landing, shown)


def _parse(file: Path, shown: str) -> _SourcesFile:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - it is safe
        return _SourcesFile.model_validate(document or {})
    except yaml.YAMLError as error:
        raise ContractError(f"{shown}: this is not YAML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{_entry(document, item['loc'])}: {item['msg']}" for item in error.errors()
        )
        raise ContractError(f"{shown}: {problems}") from error


def _entry(document: object, location: tuple[int | str, ...]) -> str:
    """Write a pydantic location with the names of the entries in it: `shop.customers.config.…`."""
    parts, node = [], document
    for step in location:
        try:
            node = node[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            node = None
        named = isinstance(step, int) and isinstance(node, dict) and "name" in node
        if step not in ("sources", "tables"):
            parts.append(str(node["name"]) if named else str(step))  # type: ignore[index]
    return ".".join(parts)


def _contract(source: _Source, table: _Table, landing: _Landing, shown: str) -> FeedContract:
    columns = tuple(column.name for column in table.columns)
    feed = f"{source.name}.{table.name}"
    folded = [column.strip().casefold() for column in columns]
    twice = sorted({column for column in folded if folded.count(column) > 1})
    undeclared = [
        name
        for name in (*landing.key, *landing.required, *landing.person, *landing.names)
        if name not in columns
    ]
    if twice or undeclared or not columns:
        raise ContractError(
            f"{shown}: {feed}: "
            + (f"columns declared twice: {', '.join(twice)}. " if twice else "")
            + (f"not among `columns:`: {', '.join(undeclared)}. " if undeclared else "")
            + "List every expected column once, and name key, required and other columns as listed."
        )
    return FeedContract(
        feed=feed,
        table=table.identifier or table.name,
        columns=columns,
        files=landing.files,
        formats=landing.format,
        key=landing.key,
        required=tuple(dict.fromkeys((*landing.key, *landing.required))),
        encoding=landing.encoding,
        delimiter=landing.delimiter,
        max_field_bytes=landing.max_field_bytes,
        declared_in=shown,
        person=landing.person,
        names=landing.names,
    )
