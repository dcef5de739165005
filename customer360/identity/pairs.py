"""Pairwise precision and recall of a clustering against a known truth.

Two records are a pair when one cluster holds both. Over records that truth and clustering both
know, with n_ij records of person i in customer j:

    true pairs     sum over i of C(n_i., 2)
    found pairs    sum over j of C(n_.j, 2)
    correct pairs  sum over i, j of C(n_ij, 2)

precision = correct / found, recall = correct / true (Christen 2012, Data Matching, chapter 7).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PairCounts:
    """What a comparison of clusters with the truth comes to; records, people and pairs counted."""

    records: int
    records_only_in_truth: int
    records_only_in_warehouse: int
    people: int
    customers: int
    true_pairs: int
    found_pairs: int
    correct_pairs: int
    over_merged_customers: int
    split_people: int

    @property
    def precision(self) -> float | None:
        """Share of the found pairs that are true; None where nothing was found."""
        return self.correct_pairs / self.found_pairs if self.found_pairs else None

    @property
    def recall(self) -> float | None:
        """Share of the true pairs that were found; None where there are none."""
        return self.correct_pairs / self.true_pairs if self.true_pairs else None


@dataclass(frozen=True)
class RuleCounts:
    """Links of one match rule between records that the truth knows."""

    match_rule: str
    links: int
    correct_links: int

    @property
    def precision(self) -> float | None:
        """Share of the links that join records of one person; None where there are none."""
        return self.correct_links / self.links if self.links else None


def count_pairs(people: Mapping[str, str], customers: Mapping[str, str]) -> PairCounts:
    """Compare record → person with record → customer."""
    shared = people.keys() & customers.keys()
    cells = Counter((people[key], customers[key]) for key in shared)
    by_person, by_customer = Counter[str](), Counter[str]()
    people_of, customers_of = Counter[str](), Counter[str]()
    for (person, customer), records in cells.items():
        by_person[person] += records
        by_customer[customer] += records
        people_of[customer] += 1
        customers_of[person] += 1
    return PairCounts(
        records=len(shared),
        records_only_in_truth=len(people) - len(shared),
        records_only_in_warehouse=len(customers) - len(shared),
        people=len(by_person),
        customers=len(by_customer),
        true_pairs=_pairs(by_person.values()),
        found_pairs=_pairs(by_customer.values()),
        correct_pairs=_pairs(cells.values()),
        over_merged_customers=sum(count > 1 for count in people_of.values()),
        split_people=sum(count > 1 for count in customers_of.values()),
    )


def count_links(
    people: Mapping[str, str], links: Iterable[tuple[str, str, str]]
) -> tuple[RuleCounts, ...]:
    """Judge links (rule, left record, right record); those of unknown records do not count."""
    known, correct = Counter[str](), Counter[str]()
    for rule, left, right in links:
        if left in people and right in people:
            known[rule] += 1
            correct[rule] += people[left] == people[right]
    return tuple(RuleCounts(rule, known[rule], correct[rule]) for rule in sorted(known))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


@dataclass(frozen=True)
class Agreement:
    """Precision and recall of a clustering, by one way of counting; both in [0, 1]."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Agreements:
    """The agreement by pairs and by records (B³)."""

    pairwise: Agreement
    b_cubed: Agreement


def agree(people: Mapping[str, str], customers: Mapping[str, str]) -> Agreements:
    """Compare record → person with record → customer, over the records of both.

    B³ asks of each record which share of its customer's records are its person's (precision), and
    which share of its person's records its customer has (recall), and takes the mean over records
    (Bagga & Baldwin 1998). Where there is no pair to find, nothing is missed: the share is 1.
    """
    counts = count_pairs(people, customers)
    shared = people.keys() & customers.keys()
    cells = Counter((people[key], customers[key]) for key in shared)
    of_person = Counter(people[key] for key in shared)
    of_customer = Counter(customers[key] for key in shared)
    precision = sum(n * n / of_customer[customer] for (_, customer), n in cells.items())
    recall = sum(n * n / of_person[person] for (person, _), n in cells.items())
    return Agreements(
        Agreement(
            1.0 if counts.precision is None else counts.precision,
            1.0 if counts.recall is None else counts.recall,
        ),
        Agreement(precision / max(len(shared), 1), recall / max(len(shared), 1)),
    )
