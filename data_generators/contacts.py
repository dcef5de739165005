"""E-mail addresses and telephone numbers: unique per person, valid in form, nobody's in reality.

Addresses use only the domains that RFC 2606 reserves for examples.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from random import Random

EMAIL_DOMAINS = (
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "post.example.org",
    "inbox.example.net",
)
WITHOUT_DECOMPOSITION = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l"})

# Coprime to every size of a number space below, so that multiplying by it only shuffles the space.
SHUFFLE = 61_803_397

PHONE_SLOTS = 3
OWN_PHONE, SECOND_PHONE, HOUSEHOLD_PHONE = range(PHONE_SLOTS)


@dataclass(frozen=True)
class Numbering:
    """Mobile numbers of a country: calling code, prefixes, digits after them, trunk prefix."""

    calling_code: str
    prefixes: tuple[str, ...]
    digits: int
    trunk: str = ""


NUMBERING = {
    "DE": Numbering("49", ("151", "160", "171", "175", "176"), 8, "0"),
    "US": Numbering("1", ("2125", "3035", "4045", "5125", "6175", "7025", "8185", "9165"), 6),
    "GB": Numbering("44", ("74", "75", "77", "78", "79"), 8, "0"),
    "FR": Numbering("33", ("6",), 8, "0"),
    "IT": Numbering("39", ("320", "333", "347", "389"), 7),
    "ES": Numbering("34", ("6",), 8),
    "NL": Numbering("31", ("6",), 8, "0"),
}


@lru_cache(maxsize=20_000)
def slug(name: str) -> str:
    """Return the lower-case ASCII letters of a name, as people put them into addresses."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(WITHOUT_DECOMPOSITION))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def personal_digits(person_number: int) -> str:
    """Return digits that no other person has, and that do not betray the person's number."""
    width = max(4, len(str(person_number)))
    return f"{person_number * SHUFFLE % 10**width:0{width}d}"


def own_email(first_name: str, last_name: str, person_number: int, random: Random) -> str:
    """Return the address that a person mostly uses."""
    first, last = slug(first_name), slug(last_name)
    local = random.choice((f"{first}.{last}", f"{first[:1]}{last}", first, f"{last}_{first}"))
    return f"{local}{personal_digits(person_number)}@{random.choice(EMAIL_DOMAINS)}"


def second_email(first_name: str, last_name: str, person_number: int) -> str:
    """Return the other address of the same person, always the same and unlike the first."""
    local = f"{slug(first_name)}-{slug(last_name)}{personal_digits(person_number)}"
    return f"{local}@{EMAIL_DOMAINS[person_number % len(EMAIL_DOMAINS)]}"


def family_email(last_name: str, head_number: int) -> str:
    """Return the address that a household shares; `head_number` is its first person's number."""
    return f"family.{slug(last_name)}{personal_digits(head_number)}@{EMAIL_DOMAINS[0]}"


def phone(country: str, person_number: int, slot: int) -> str:
    """Return the national significant number of one of a person's phones, unique in its country.

    >>> phone("DE", 1, OWN_PHONE)
    '15185410191'
    """
    plan = NUMBERING[country]
    space = len(plan.prefixes) * 10**plan.digits
    shuffled = (person_number * PHONE_SLOTS + slot) * SHUFFLE % space
    prefix, rest = divmod(shuffled, 10**plan.digits)
    return f"{plan.prefixes[prefix]}{rest:0{plan.digits}d}"


def e164(country: str, significant: str) -> str:
    """Return the number as every system should store it."""
    return f"+{NUMBERING[country].calling_code}{significant}"


def written_phone(country: str, significant: str, random: Random) -> str:
    """Return a number as somebody from that country might type it."""
    plan = NUMBERING[country]
    code, trunk = plan.calling_code, plan.trunk
    area, middle, last = significant[:3], significant[3:6], significant[6:]
    forms = (
        f"+{code}{significant}",
        f"+{code} {area} {middle}{last}",
        f"+{code}-{area}-{middle}-{last}",
        f"{trunk}{area} {middle} {last}",
        f"{trunk}{area}-{middle}-{last}",
        f"({trunk}{area}) {middle}-{last}",
        f"{trunk}{significant}",
        f"+{code} (0){area} {middle}{last}" if trunk else f"+{code} ({area}) {middle}-{last}",
        f"1-{area}-{middle}-{last}" if code == "1" else f"00{code} {area} {middle}{last}",
    )
    return random.choice(forms)
