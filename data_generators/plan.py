"""How records are divided into blocks and sources: exact totals, known before anything is made."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_generators.config import BLOCK_RECORDS

# With several sources the average person appears in this many of them.
SOURCES_PER_PERSON = 2.5


@dataclass(frozen=True)
class Accounts:
    """The customer records of one source in one block; `first` is the number of the first one."""

    first: int
    count: int
    duplicates: int

    @property
    def people(self) -> int:
        """How many different people hold them."""
        return self.count - self.duplicates


@dataclass(frozen=True)
class BlockPlan:
    """One block: its people (numbers from `first_person`) and each source's records of them."""

    index: int
    first_person: int
    people: int
    accounts: Mapping[str, Accounts]

    @property
    def records(self) -> int:
        """Customer records over all sources."""
        return sum(accounts.count for accounts in self.accounts.values())


def shared_out(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Divide `total` by weight with largest remainders, so that the parts add up to it."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    parts = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def plan_blocks(
    records: int, weights: Mapping[str, float], duplicate_share: float
) -> list[BlockPlan]:
    """Divide `records` customer records into blocks; `weights` are the sources' shares of them."""
    plans: list[BlockPlan] = []
    made = dict.fromkeys(weights, 0)
    first_person = 1
    for start in range(0, records, BLOCK_RECORDS):
        counts = shared_out(min(BLOCK_RECORDS, records - start), weights)
        accounts = {}
        for name, count in counts.items():
            before, after = (int(duplicate_share * n) for n in (made[name], made[name] + count))
            duplicates = min(after - before, max(count - 1, 0))
            accounts[name] = Accounts(made[name] + 1, count, duplicates)
            made[name] += count
        people = people_behind(accounts)
        plans.append(BlockPlan(len(plans), first_person, people, accounts))
        first_person += people
    return plans


def people_behind(accounts: Mapping[str, Accounts]) -> int:
    """Return how many people stand behind the records of a block."""
    held = [source.people for source in accounts.values()]
    return max(*held, round(sum(held) / SOURCES_PER_PERSON), 1)
