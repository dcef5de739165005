"""Whatever text a source delivers: no parser of staging raises, and dates are what Python makes."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest

from customer360.database.connection import connect
from customer360.settings import Settings
from tests.unit.dbt_macros.project import compile_project, write_project

TEXTS = 2_000  # of each seed, for each of the parsers
PARSERS = (
    *("clean_text", "clean_name", "comparable_text", "parse_boolean", "parse_email"),
    *("parse_integer", "parse_money", "parse_vin", "phone_digits", "external_source_name"),
    *("parse_date", "parse_instant"),
)
SIGNS = "0123456789-/: .TZ+eE,$€@_'\"\\%[]{}()aMm\u00e9\u0130\u0301\u200b\u00a0\u0660\U0001f600\n\t"
WHOLE = (
    *("NaN", "Infinity", "-inf", "1e400", "now", "today", "epoch", "infinity", "allballs"),
    *("24:00", "2024-02-30", "0000-01-01", "=cmd|'/c calc'!A1", "'; drop table x; --", "%s"),
)
_CLOCK = re.compile(
    r"(?:[ T](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)"
    r"(?:\.(?P<fraction>\d{1,9}))?)?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_DAYS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII),
    re.compile(r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)", re.ASCII),
    re.compile(r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{4})", re.ASCII),
)
_BARE = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)


def any_text(rng: random.Random) -> str:
    """Return something that looks like a value, or like nothing."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(WHOLE)
    if kind == 1:
        return "".join(rng.choices(SIGNS, k=rng.randint(0, 30)))
    if kind == 2:
        return "".join(
            chr(rng.choice((rng.randint(1, 0xD7FF), rng.randint(1, 127)))) for _ in "12345"
        )
    return any_instant(rng)


def any_instant(rng: random.Random) -> str:
    """Return an instant in one of the forms that are read, in or out of range."""
    year, month, day = (
        rng.choice((rng.randint(0, 9999), 2024)),
        rng.randint(0, 13),
        rng.randint(0, 32),
    )
    text = rng.choice(
        (
            f"{year:04}-{month:02}-{day:02}",
            f"{year:04}/{month:02}/{day:02}",
            f"{day:02}/{month:02}/{year:04}",
            f"{month:02}-{day:02}-{year:04}",
            f"{year:04}{month:02}{day:02}",
        )
    )
    if rng.random() < 0.6:
        text += f"{rng.choice(' T')}{rng.randint(0, 24):02}:{rng.randint(0, 60):02}"
        if rng.random() < 0.7:
            text += f":{rng.randint(0, 60):02}"
            text += rng.choice(("", "", f".{rng.randint(0, 999_999)}"))
        text += rng.choice(("", "Z", f"{rng.choice('+-')}{rng.randint(0, 24):02}:00", "-0530"))
    return text


def instant_of(text: str) -> datetime | None:
    """Return the instant that a text names, by Python's own calendar."""
    for days in _DAYS:
        found = re.fullmatch(days.pattern + _CLOCK.pattern, text, re.ASCII)
        if found is not None:
            return _instant(found)
    bare = _BARE.fullmatch(text)
    return _instant(bare) if bare is not None else None


def _instant(found: re.Match[str]) -> datetime | None:
    parts = found.groupdict()
    try:
        local = datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            int(parts.get("hour") or 0),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            int((parts.get("fraction") or "0").ljust(6, "0")),
            tzinfo=UTC,
        )
        return local - _offset(parts.get("zone"))
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if zone in {None, "Z"} or zone is None:
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[3:].removeprefix(":") or 0)
    if hours > 15 or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone.startswith("-") else offset


@pytest.fixture(scope="module")
def parsers(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All parsers over a column `text`, as SQL."""
    directory = tmp_path_factory.mktemp("parsers")
    write_project(directory)
    calls = ", ".join(f"{{{{ {parser}('text') }}}}::text as {parser}" for parser in PARSERS)
    json = "{{ json_value('text', ['a']) }}"
    result = compile_project(directory, "--inline", f"{calls}, {json} as json_value")
    assert result.success, result.exception
    return str(result.result.results[0].node.compiled_code).replace("%", "%%")


@pytest.mark.seeds(2, 50)
def test_no_text_makes_a_parser_raise_and_dates_are_python_s(
    mortal_server: Settings, parsers: str, seed: int
) -> None:
    rng = random.Random(seed)
    texts = [any_text(rng) for _ in range(TEXTS)]
    with connect(mortal_server, database="customer360_template") as connection:
        cursor = connection.cursor()
        cursor.execute(
            "set statement_timeout = '120s'; set timezone = 'UTC'; set datestyle = 'ISO'"
        )
        cursor.execute(
            f"select text, parse_instant, parse_date from (select text, {parsers} "
            "from unnest(%s) as given (text)) as parsed",
            [texts],
        )
        rows = cursor.fetchall()
    assert len(rows) == TEXTS
    wrong = [row for row in rows if row[1:] != _expected(row[0])]
    assert wrong == []


def _expected(text: str) -> tuple[str | None, str | None]:
    instant = instant_of(text)
    if instant is None:
        return None, None
    fraction = f".{instant.microsecond:06}".rstrip("0").rstrip(".")
    written = f"{instant:%H:%M:%S}{fraction}+00"
    day = f"{instant.year:04}-{instant.month:02}-{instant.day:02}"
    return f"{day} {written}", day


@pytest.mark.parametrize("sign", ["[", '{"a":', "(", "a.", "1", "@", "'", " ", "\u00e9", "a@a."])
def test_no_long_text_makes_a_parser_raise_or_hang(
    mortal_server: Settings, parsers: str, sign: str
) -> None:
    """A text as long as the loader lets through, of one sign: patterns must not go astray."""
    text = sign * (20_000 // len(sign))
    with connect(mortal_server, database="customer360_template") as connection:
        cursor = connection.cursor()
        cursor.execute("set statement_timeout = '120s'")
        cursor.execute(f"select {parsers} from (select %s as text) as given", [text])
        assert cursor.fetchone() is not None
