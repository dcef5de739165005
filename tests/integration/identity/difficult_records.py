"""Labelled records of four difficult kinds, made at random, the same for the same seed.

They have nothing in common with the project's own generators, so that the matching is judged on
habits it was not built with. Each kind damages fields in its own measure.
"""

import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from faker import Faker

from customer360.identity.labelled import COLUMNS

Row = dict[str, str]
NICKNAMES = dict(
    pair.split()
    for pair in ("william bill", "robert bob", "elizabeth liz", "james jim", "michael mike")
)


@dataclass
class Maker:
    """Random values of one kind of records."""

    rng: random.Random
    faker: Faker

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def day(self, first_year: int, last_year: int) -> str:
        rng = self.rng
        return (
            f"{rng.randint(first_year, last_year)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        )

    def phone(self) -> str:
        return "07" + "".join(self.rng.choices(string.digits, k=9))

    def email(self, first: str, last: str) -> str:
        number = self.rng.randint(1, 999)
        local = self.rng.choice([f"{first}.{last}", f"{first[0]}{last}", f"{first}{number}"])
        return f"{local}@{self.rng.choice(['gmail.com', self.faker.domain_name()])}".lower()

    def address(self) -> Row:
        street = self.faker.street_address().replace("\n", " ")
        return {"street": street, "city": self.faker.city(), "postcode": self.faker.postcode()}

    def slip(self, text: str) -> str:
        """Return the text with a letter replaced, left out, added, or swapped with the next."""
        place = self.rng.randrange(len(text))
        letter = self.rng.choice(string.ascii_lowercase)
        start, rest = text[:place], text[place:]
        return start + self.rng.choice(
            [letter + rest[1:], rest[1:], letter + rest, rest[1:2] + rest[:1] + rest[2:]]
        )

    def wrong_day(self, day: str) -> str:
        year, month, number = day.split("-")
        return self.rng.choice(
            [
                f"{year}-{number}-{month}" if int(number) <= 12 else f"{year}-01-01",
                f"{int(year) + self.rng.choice((-10, -1, 1, 10))}-{month}-{number}",
                f"{year}-{month}-{self.rng.randint(1, 28):02}",
                f"{year}-{self.rng.randint(1, 12):02}-{number}",
            ]
        )

    def damaged(self, row: Row, rate: float) -> Row:
        """Return the row with slips, in each field at that rate, gaps, nicknames, and swaps."""
        found = dict(row)
        for column, value in row.items():
            if value and self.chance(rate):
                found[column] = self.wrong_day(value) if column == "dob" else self.slip(value)
            elif self.chance(0.6 * rate):
                found[column] = ""
        first = found["first_name"]
        if self.chance(rate):
            found["first_name"] = NICKNAMES.get(first.lower(), first)
        if self.chance(0.25 * rate):
            names = found["last_name"], found["first_name"]
            found["first_name"], found["last_name"] = names
        return found


def households(maker: Maker, people: int) -> Iterator[tuple[int, Row]]:
    """Families with one address, often one telephone and mailbox; juniors and twins."""
    person = 0
    while person < people:
        address, last, phone = maker.address(), maker.faker.last_name(), maker.phone()
        email, year = maker.email("family", last), maker.rng.randint(1945, 1975)
        first, day = "", ""
        for member in range(maker.rng.choice([1, 2, 2, 3, 4, 5])):
            is_child = member >= 2
            first = first if is_child and maker.chance(0.08) else maker.faker.first_name()
            is_twin = member >= 3 and maker.chance(0.1)
            born = year + (maker.rng.randint(22, 35) if is_child else maker.rng.randint(-4, 4))
            day = day if is_twin else maker.day(born, born)
            own_phone, own_email = maker.phone(), maker.email(first, last)
            for _ in range(maker.rng.choice([1, 1, 2, 2, 3, 4])):
                row = {
                    "first_name": first,
                    "last_name": last,
                    **address,
                    "dob": day if maker.chance(0.7) else "",
                    "phone": own_phone if maker.chance(0.4) else phone,
                    "email": own_email if maker.chance(0.4) else email,
                }
                yield person, maker.damaged(row, 0.12)
            person += 1


def moves(maker: Maker, people: int) -> Iterator[tuple[int, Row]]:
    """Ten years of one person: new addresses, numbers, mailboxes, a married name, initials."""
    for person in range(people):
        first, last = maker.faker.first_name(), maker.faker.last_name()
        day, address = maker.day(1935, 2004), maker.address()
        phone, email = maker.phone(), maker.email(first, last)
        for _ in range(maker.rng.choice([1, 2, 2, 3, 4, 5])):
            address = maker.address() if maker.chance(0.5) else address
            phone = maker.phone() if maker.chance(0.3) else phone
            email = maker.email(first, last) if maker.chance(0.25) else email
            last = maker.faker.last_name() if maker.chance(0.06) else last
            row = {
                "first_name": first if maker.chance(0.92) else first[0],
                "last_name": last,
                **address,
                "dob": day if maker.chance(0.85) else "",
                "phone": phone if maker.chance(0.7) else "",
                "email": email if maker.chance(0.6) else "",
            }
            yield person, maker.damaged(row, 0.06)


def historical(maker: Maker, people: int) -> Iterator[tuple[int, Row]]:
    """Mentions of people of the past: names in many forms, a doubtful day, a place of birth."""
    for person in range(people):
        first, middle, last = (maker.faker.first_name() for _ in range(3))
        day, city = maker.day(1550, 1920), maker.faker.city()
        postcode = maker.faker.postcode()
        for _ in range(min(20, 1 + int(maker.rng.expovariate(1 / 5)))):
            form = maker.rng.choice([first] * 7 + [f"{first} {middle}"] * 2 + [middle, first[0]])
            row = {
                "first_name": form,
                "last_name": last if maker.chance(0.95) else f"{last} {maker.faker.last_name()}",
                "dob": day if maker.chance(0.75) else f"{day[:4]}-01-01",
                "city": city if maker.chance(0.75) else "",
                "postcode": postcode if maker.chance(0.6) else "",
            }
            yield person, maker.damaged(row, 0.22)


def mailboxes(maker: Maker, people: int) -> Iterator[tuple[int, Row]]:
    """Little but a name, a day and an address of e-mail, each often mistyped or left out."""
    for person in range(people):
        first, last = maker.faker.first_name(), maker.faker.last_name()
        day, email = maker.day(1960, 2015), maker.email(first, last)
        city = maker.rng.choice(["London", "London", "Leeds", maker.faker.city()])
        for _ in range(maker.rng.choice([1, 2, 3, 4, 5, 6])):
            row = {
                "first_name": first if maker.chance(0.85) else "",
                "last_name": last if maker.chance(0.85) else "",
                "dob": day,
                "city": city,
                "email": email if maker.chance(0.8) else "",
            }
            yield person, maker.damaged(row, 0.2)


KINDS: dict[str, Callable[[Maker, int], Iterator[tuple[int, Row]]]] = {
    "households": households,
    "moves": moves,
    "historical": historical,
    "mailboxes": mailboxes,
}


def labelled_rows(kind: str, people: int, seed: int) -> Sequence[Row]:
    """Return records in any order, with the columns of a labelled file."""
    faker = Faker("en_GB")
    faker.seed_instance(seed)
    rng = random.Random(seed)
    found = list(KINDS[kind](Maker(rng, faker), people))
    rng.shuffle(found)
    empty = dict.fromkeys(COLUMNS, "")
    return [{**empty, **row, "truth": str(person)} for person, row in found]
