"""What customer ids must do, in plain Python: the reference that the SQL is held to.

Ids are tokens here: which digest a new id is says nothing of the rules.
"""

import itertools
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

Clusters = Collection[frozenset[str]]


@dataclass
class Id:
    """An id that was given: when, and to whom; who held it last."""

    born: tuple[int, int]
    holders: set[str]


@dataclass
class Memory:
    """All ids ever given, and the id that each record ever seen had last."""

    ids: dict[int, Id] = field(default_factory=dict)
    last_id: dict[str, int] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    tokens: "itertools.count[int]" = field(default_factory=itertools.count)
    step: int = 0

    def build(self, clusters: Clusters) -> dict[str, int]:
        """Give every record of `clusters` an id, remember it, and return the ids."""
        self.step += 1
        self._number(sorted(itertools.chain.from_iterable(clusters)))
        heirs = self.heirs(clusters)
        given = {}
        for cluster in sorted(clusters, key=min):
            candidates = [token for token, heir in heirs.items() if heir == cluster]
            token = min(candidates, key=self._precedence) if candidates else self._mint(cluster)
            given.update(dict.fromkeys(cluster, token))
        self._remember(given)
        return given

    def heirs(self, clusters: Clusters) -> dict[int, frozenset[str]]:
        """Return the cluster to which each id goes: where most of its holders are."""
        found = {}
        for token, known in self.ids.items():
            parts = [cluster for cluster in clusters if cluster & known.holders]
            if parts:
                found[token] = max(parts, key=lambda part: self._weight(part & known.holders))
        return found

    def forwards(self, given: dict[str, int]) -> dict[int, int]:
        """Return where each id leads that is out of use and whose holders are still there."""
        targets = {}
        for token, known in self.ids.items():
            homes = Counter(given[key] for key in known.holders if key in given)
            if homes and token not in given.values():
                parts = {home: {k for k in known.holders if given.get(k) == home} for home in homes}
                targets[token] = max(parts, key=lambda home: self._weight(parts[home]))
        return targets

    def _weight(self, keys: Collection[str]) -> tuple[int, int]:
        return len(keys), -min(self.numbers[key] for key in keys)

    def _precedence(self, token: int) -> tuple[int, tuple[int, int]]:
        holders = {key for key in self.ids[token].holders if self.last_id[key] == token}
        standing = 0 if holders & self.present else 1 if holders else 2
        return standing, self.ids[token].born

    def _mint(self, cluster: frozenset[str]) -> int:
        token = next(self.tokens)
        founder = min(self.numbers[key] for key in cluster)
        self.ids[token] = Id((self.step, founder), set())
        return token

    def _number(self, keys: list[str]) -> None:
        for key in keys:
            self.numbers.setdefault(key, len(self.numbers) + 1)

    def _remember(self, given: dict[str, int]) -> None:
        self.last_id |= given
        self.present = set(given)
        for token, known in self.ids.items():
            holders = {key for key, last in self.last_id.items() if last == token}
            known.holders = holders or known.holders
