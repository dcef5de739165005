"""Named defects: one small function each, and the one loop that injects them at their rates."""

import re
from collections.abc import Sequence
from random import Random

from numpy.random import Generator

from data_generators.config import DefectRates
from data_generators.nicknames import NICKNAMES
from data_generators.randomness import rounded_up_or_down, scalar_stream
from data_generators.tables import Corrupt, Defect, Finding, Record, Table

NAME_COLUMNS = ("first_name", "last_name", "full_name")
CASED_COLUMNS = (*NAME_COLUMNS, "email", "city")
TYPED_COLUMNS = (*CASED_COLUMNS, "phone")
SHORTEST_FOR_TYPO = 4
SYMBOLS = "*#?!_~@&%$"
SPACES = (" ", "  ", "\t", "\u00a0")
# Multiples of four keep 29 February a date.
YEARS_AHEAD = (12, 20, 28)
ORPHAN_SPAN = 1_000_000


def inject(
    table: Table, defects: Sequence[Defect], rates: DefectRates, rng: Generator
) -> list[Finding]:
    """Inject defects one after another and return what was done."""
    random = scalar_stream(rng)
    findings: list[Finding] = []
    for defect in defects:
        wanted = rounded_up_or_down(defect.rate(rates) * len(table), rng)
        for row in rng.permutation(len(table)).tolist():
            if wanted <= 0:
                break
            changes = defect.corrupt(table.record(row), random)
            findings += change(table, row, defect.name, changes)
            wanted -= bool(changes)
    return findings


def change(table: Table, row: int, defect: str, changes: dict[str, str]) -> list[Finding]:
    """Write changed cells into a row and return a finding for each."""
    findings = []
    for column, value in changes.items():
        before = table.columns[column][row]
        findings.append(table.finding(row, defect, column, before, value))
        table.columns[column][row] = value
    return findings


def missing_email(record: Record, _: Random) -> dict[str, str]:
    """Leave the address out."""
    return {"email": ""} if record["email"] else {}


def missing_phone(record: Record, _: Random) -> dict[str, str]:
    """Leave the number out."""
    return {"phone": ""} if record["phone"] else {}


def malformed_email(record: Record, random: Random) -> dict[str, str]:
    """Break the address so that no mail could reach it."""
    local, at, domain = record["email"].partition("@")
    if not at:
        return {}
    broken = (
        f"{local}{domain}",
        f"{local}@",
        f"@{domain}",
        f"{local}@@{domain}",
        f"{local}@{domain.replace('.', ',')}",
        f"{local}@{domain.partition('.')[0]}",
        f"{local} (at) {domain}",
        f"{local[:3]} {local[3:]}@{domain}",
    )
    return {"email": random.choice(broken)}


def plus_addressed_email(record: Record, random: Random) -> dict[str, str]:
    """Add a tag after a plus sign, which reaches the same mailbox."""
    if not is_well_formed(record["email"]) or "+" in record["email"]:
        return {}
    tag = random.choice(("shop", "news", "orders", "promo", "2024"))
    return {"email": record["email"].replace("@", f"+{tag}@")}


def dotted_email(record: Record, random: Random) -> dict[str, str]:
    """Put a dot into the local part, which many providers ignore."""
    email = record["email"]
    local = email.partition("@")[0]
    if not is_well_formed(email):
        return {}
    places = [i for i in range(1, len(local)) if local[i - 1 : i + 1].isalnum()]
    place = random.choice(places)
    return {"email": f"{email[:place]}.{email[place:]}"}


def is_well_formed(email: str) -> bool:
    """Return whether an address of ours is still whole."""
    return re.fullmatch(r"[\w.+-]+@\w+(\.\w+)+", email) is not None


def swapped_names(record: Record, _: Random) -> dict[str, str]:
    """Put the family name first."""
    first, last = record["first_name"], record["last_name"]
    return {} if first == last else {"first_name": last, "last_name": first}


def nickname(record: Record, random: Random) -> dict[str, str]:
    """Use a short form of the given name, where one is known."""
    known = NICKNAMES.get(record["first_name"])
    return {"first_name": random.choice(known)} if known else {}


def typo(record: Record, random: Random) -> dict[str, str]:
    """Swap, drop, double or mistype one letter of a name, but not the first."""
    column = filled_column(record, NAME_COLUMNS, random)
    name = record[column]
    places = [place for place in range(1, len(name) - 1) if name[place : place + 2].isalpha()]
    if len(name) < SHORTEST_FOR_TYPO or not places:
        return {}
    place = random.choice(places)
    before, letter, following, after = (
        name[:place],
        name[place],
        name[place + 1],
        name[place + 2 :],
    )
    variants = (
        before + following + letter + after,
        before + following + after,
        before + letter + letter + following + after,
        before + random.choice("aeinrst") + following + after,
    )
    typed = random.choice(variants)
    return {column: typed} if typed != name else {}


def special_characters(record: Record, random: Random) -> dict[str, str]:
    """Leave a stray symbol in a name, or what UTF-8 read as Windows-1252 makes of an accent."""
    column = filled_column(record, NAME_COLUMNS, random)
    name = record[column]
    garbled = name.encode().decode("cp1252", errors="ignore")
    # "à" leaves a space that does not break, which is a defect of another name.
    adds_no_space = garbled.split() == garbled.split(" ")
    if adds_no_space and any(is_foreign_to_names(letter) for letter in garbled):
        return {column: garbled}
    place = random.randrange(len(name) + 1)
    return {column: name[:place] + random.choice(SYMBOLS) + name[place:]}


def is_foreign_to_names(letter: str) -> bool:
    """Return whether a character has no place in a name."""
    return not letter.isalpha() and letter not in " '-.\u2019"


def mixed_case(record: Record, random: Random) -> dict[str, str]:
    """Write one text in upper, lower or swapped case."""
    column = filled_column(record, CASED_COLUMNS, random)
    text = record[column]
    shapes = (text.upper, text.swapcase) if column == "email" else (text.upper, text.lower)
    written = random.choice(shapes)()
    return {column: written} if written.casefold() == text.casefold() and written != text else {}


def stray_spaces(record: Record, random: Random) -> dict[str, str]:
    """Leave white space before or after a text."""
    column = filled_column(record, TYPED_COLUMNS, random)
    text, space = record[column], random.choice(SPACES)
    return {column: random.choice((f"{space}{text}", f"{text}{space}", f"{space}{text}{space}"))}


def filled_column(record: Record, columns: Sequence[str], random: Random) -> str:
    """Choose one of the columns that the record has and that is not empty."""
    return random.choice([column for column in columns if record.get(column)])


def orphan_key(column: str, prefix: str) -> Defect:
    """Point a row at something that never existed; `prefix` is the prefix of such keys."""

    def corrupt(record: Record, random: Random) -> dict[str, str]:
        if not record[column]:
            return {}
        width = len(record[column]) - len(prefix)
        number = 10**width - 1 - random.randrange(ORPHAN_SPAN)
        return {column: f"{prefix}{number:0{width}d}"}

    return Defect("orphan_key", corrupt)


def future_date(column: str) -> Defect:
    """Move a date years ahead, in whatever format it is written."""

    def corrupt(record: Record, random: Random) -> dict[str, str]:
        ahead = random.choice(YEARS_AHEAD)
        return {
            column: re.sub(
                r"\d{4}", lambda year: str(int(year[0]) + ahead), record[column], count=1
            )
        }

    return Defect("future_date", corrupt)


def negative_amount_in(column: str) -> Defect:
    """Book the amount in a column with the wrong sign."""

    def corrupt(record: Record, _: Random) -> dict[str, str]:
        amount = record[column]
        return {} if not amount or amount.startswith("-") else {column: f"-{amount}"}

    return Defect("negative_amount", corrupt)


def named(corrupt: Corrupt) -> Defect:
    """Return the defect that a function injects, under the function's name."""
    return Defect(corrupt.__name__, corrupt)


# In order of injection: what is missing cannot be spoilt, and spaces come last so that they stay.
CUSTOMER_DEFECTS = tuple(
    named(corrupt)
    for corrupt in (
        missing_email,
        malformed_email,
        missing_phone,
        plus_addressed_email,
        dotted_email,
        swapped_names,
        nickname,
        typo,
        special_characters,
        mixed_case,
        stray_spaces,
    )
)
NEGATIVE_AMOUNT = negative_amount_in("amount")
