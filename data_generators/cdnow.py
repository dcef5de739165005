"""Purchases of 23,570 real customers as landing files of the ready feeds: the CDNOW data set.

Everybody who first bought at the CD shop CDNOW in the first quarter of 1997, followed until June
1998 (Fader, Hardie 2001, "Forecasting Repeat Sales at CDNOW"). The file lies inside the wheel of
the package `lifetimes` 0.11.3 (MIT licence, (c) 2015 Cameron Davidson-Pilon), which is read as a
zip archive and never installed or imported.

    python -m data_generators.cdnow --output data
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zipfile import ZipFile

import typer
from rich.console import Console

from data_generators.csv_text import csv_bytes
from data_generators.writing import OutputError, StagedFiles

REQUIREMENT = "lifetimes==0.11.3"
WHEEL = "Lifetimes-0.11.3-py3-none-any.whl"
WHEEL_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
MEMBER = "lifetimes/datasets/CDNOW_master.txt"
HEADER = ["customer_id", "date", "number_of_cds", "dollar_value"]
DOWNLOAD_SECONDS = 120

SOURCE = "cdnow"
CUSTOMER_COLUMNS = (
    "source",
    "source_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "dob",
    "street",
    "city",
    "state",
    "postcode",
    "country",
    "created_at",
)
TRANSACTION_COLUMNS = (
    "source",
    "transaction_id",
    "customer_id",
    "transaction_at",
    "quantity",
    "amount",
    "product_id",
    "product_name",
    "category",
    "channel",
    "payment_method",
    "status",
)


class CdnowError(RuntimeError):
    """The data set cannot be had or read; the message says why and what to do."""


@dataclass(frozen=True)
class Purchase:
    """One line of the file, as text: date is yyyymmdd, amount in US dollars.

    `line` counts from 1 after the header. It is the only key there is: a customer may buy the same
    twice on one day.
    """

    line: int
    customer_id: str
    date: str
    quantity: str
    amount: str


def fetch_master(cache_dir: Path) -> str:
    """Return the text of CDNOW_master.txt; the wheel is downloaded into `cache_dir` once.

    Raises CdnowError if the package index cannot be reached or delivers something else.
    """
    wheel = cache_dir / WHEEL
    if not wheel.exists():
        download(cache_dir)
    verify(wheel)
    with ZipFile(wheel) as archive:
        return archive.read(MEMBER).decode("ascii")


def download(cache_dir: Path) -> None:
    """Download the wheel with pip, which knows the configured index."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(cache_dir), REQUIREMENT]
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        reason = str(error.stderr or error).strip().splitlines()[-1]
        raise CdnowError(
            f"Cannot download {REQUIREMENT} ({reason}). Check the package index that pip uses, or "
            f"put the file {WHEEL} into {cache_dir}."
        ) from None


def verify(wheel: Path) -> None:
    """Raise if the wheel is missing or not the one that we know."""
    if not wheel.exists():
        raise CdnowError(f"The index delivered {REQUIREMENT}, but not as {wheel.name}.")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise CdnowError(
            f"{wheel} has SHA-256 {found}, expected {WHEEL_SHA256}: it is damaged or not the "
            f"published file. Remove it and try again."
        )


def parse_master(text: str) -> Iterator[Purchase]:
    """Yield the purchases in the file; raises CdnowError with the line where it is broken."""
    header, *lines = text.splitlines() or [""]
    if header.split() != HEADER:
        raise CdnowError(f"{MEMBER}, line 1: expected {' '.join(HEADER)}, found {header.strip()}.")
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if len(fields) != len(HEADER):
            raise CdnowError(f"{MEMBER}, line {number + 1}: expected 4 fields in {line.strip()!r}.")
        yield Purchase(number, *fields)


def customer_rows(purchases: list[Purchase]) -> Iterator[tuple[str, ...]]:
    """Yield a row per customer, of whom only the first purchase is known."""
    first: dict[str, str] = {}
    for purchase in purchases:
        earlier = first.setdefault(purchase.customer_id, purchase.date)
        first[purchase.customer_id] = min(earlier, purchase.date)
    unknown = ("",) * (len(CUSTOMER_COLUMNS) - 3)
    for customer_id, date in first.items():
        yield SOURCE, customer_id, *unknown, date


def transaction_rows(purchases: list[Purchase]) -> Iterator[tuple[str, ...]]:
    """Yield a row per line of the file."""
    unknown = ("",) * (len(TRANSACTION_COLUMNS) - 6)
    for bought in purchases:
        key = f"{bought.line:05d}"
        yield (
            SOURCE,
            key,
            bought.customer_id,
            bought.date,
            bought.quantity,
            bought.amount,
            *unknown,
        )


def write_landing(text: str, output: Path) -> list[Path]:
    """Write the two landing files under `output` and return their paths."""
    purchases = list(parse_master(text))
    customers, transactions = customer_rows(purchases), transaction_rows(purchases)
    with StagedFiles(output) as files:
        files.write(
            "landing/external_customers/cdnow_customers.csv",
            csv_bytes([CUSTOMER_COLUMNS, *customers]),
        )
        files.write(
            "landing/external_transactions/cdnow_transactions.csv",
            csv_bytes([TRANSACTION_COLUMNS, *transactions]),
        )
        return files.publish()


def main(
    output: Annotated[Path, typer.Option(help="Directory that gets landing/.")] = Path("data"),
    cache: Annotated[
        Path | None, typer.Option(help="Where the wheel is kept. Default: OUTPUT/downloads.")
    ] = None,
) -> None:
    """Fetch the CDNOW data set and write it as landing files of the ready feeds."""
    try:
        paths = write_landing(fetch_master(cache or output / "downloads"), output)
    except (CdnowError, OutputError) as error:
        Console(stderr=True).print(f"[red]Nothing written:[/red] {error}", soft_wrap=True)
        raise typer.Exit(1) from None
    for path in paths:
        Console().print(f"Wrote {path}", soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
