"""Which groups of models the lineage picture shows, and which group reads which.

A picture of every model and every edge is a hairball. Models are grouped by layer and domain; a
source system is one group with its staging models. A group that reads nearly all systems says so in
words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from customer360.documentation.project import Entry, Project, layer_of

BANDS = (
    ("source", "Source systems", "files as delivered → raw → one staging model per feed"),
    ("identity", "Identity", "which records are one customer"),
    ("intermediate", "Intermediate", "facts by customer, summaries, checks"),
    ("core", "Dimensions and facts", "what every mart is made of"),
    ("marts", "Marts", "what analysts and dashboards read"),
    ("exposure", "Dashboards", ""),
)
LEDGER = "ops"  # no source system: what the pipeline wrote down about its own work
_PREFIXES = {"dim": "Dimensions", "fct": "Facts", "bridge": "Bridges"}
# Time is an argument of nearly every model: curves to and from it would lead everywhere.
_READ_EVERYWHERE = frozenset({"int_as_of_date_resolved", "int_business_dates_unioned", "dim_dates"})
_NEARLY_ALL = 0.7
_ENOUGH_SYSTEMS = 4
_READS_NEARLY_ALL = "reads (nearly) every system"


@dataclass(frozen=True)
class Group:
    """A card of the picture: a title over the names of its members, and a note below them."""

    band: str
    title: str
    members: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Lineage:
    """Groups in reading order, and how many reads lead from one to another (by position).

    Reads within a band are left out, and those that a group's note tells in words.
    """

    groups: tuple[Group, ...]
    reads: Mapping[tuple[int, int], int]


def lineage(project: Project) -> Lineage:
    """Return the groups of the project and the reads between them."""
    members: dict[tuple[str, str], set[str]] = {}
    formats: dict[tuple[str, str], list[str]] = {}
    for node in project.of_type("source", "model", "exposure"):
        names = members.setdefault(_group_of(node), set())
        if layer_of(node) != "staging":  # one for each feed: the feed stands for it
            names.add(_member_name(node))
            formats.setdefault(_group_of(node), []).extend(_formats(node))
    bands = [band for band, _, _ in BANDS]

    def place(key: tuple[str, str]) -> tuple[int, bool, int, str]:
        return bands.index(key[0]), key[1] == LEDGER, -len(members[key]), key[1]

    keys = sorted(members, key=place)
    groups = tuple(
        Group(*key, tuple(sorted(members[key])), " · ".join(dict.fromkeys(formats.get(key, ()))))
        for key in keys
    )
    reads = _reads(project, {key: position for position, key in enumerate(keys)})
    return _without_reads_of_nearly_all(groups, reads)


def _reads(project: Project, positions: Mapping[tuple[str, str], int]) -> Counter[tuple[int, int]]:
    return Counter(
        (positions[_group_of(parent)], positions[_group_of(node)])
        for node in project.of_type("model", "exposure")
        for parent in project.parents(node)
        if layer_of(parent) != "seed"
        and not {parent["name"], node["name"]} & _READ_EVERYWHERE
        and _group_of(parent)[0] != _group_of(node)[0]
    )


def _without_reads_of_nearly_all(
    groups: tuple[Group, ...], reads: Mapping[tuple[int, int], int]
) -> Lineage:
    systems = {position for position, group in enumerate(groups) if group.band == "source"}
    least = max(_NEARLY_ALL * len(systems), _ENOUGH_SYSTEMS)
    read_systems = Counter(target for source, target in reads if source in systems)
    wide = frozenset(
        target
        for target, count in read_systems.items()
        if count >= least and groups[target].band != "identity"
    )
    kept = {
        (source, target): count
        for (source, target), count in reads.items()
        if not (source in systems and target in wide)
    }
    told = tuple(
        replace(group, note=_READS_NEARLY_ALL) if position in wide else group
        for position, group in enumerate(groups)
    )
    return Lineage(told, kept)


def _group_of(node: Entry) -> tuple[str, str]:
    layer = layer_of(node)
    if layer in {"source", "staging"}:
        name = node["source_name"] if layer == "source" else node["fqn"][2]
        return "source", str(name)
    if layer == "marts":
        prefix = str(node["name"]).partition("_")[0]
        if prefix in _PREFIXES:
            return "core", _PREFIXES[prefix]
        return "marts", str(node["fqn"][2])
    if layer == "identity":
        return "identity", "identity"
    if layer == "exposure":
        return "exposure", str(node["label"] or node["name"])
    # A layer that the picture does not know, as one between intermediate and marts.
    return "intermediate", str(node["fqn"][2] if layer == "intermediate" else layer)


def _member_name(node: Entry) -> str:
    """Return the name as the card shows it; the ledger and a dashboard show none."""
    if node["resource_type"] == "exposure" or node.get("source_name") == LEDGER:
        return ""
    return str(node["name"]).removeprefix("int_")


def _formats(node: Entry) -> list[str]:
    """Return the formats in which a feed is delivered."""
    if node["resource_type"] != "source":
        return []
    if node["source_name"] == LEDGER:
        return ["the pipeline's own ledger"]
    formats = node["config"].get("meta", {}).get("landing", {}).get("format", [])
    return [formats] if isinstance(formats, str) else list(formats)
