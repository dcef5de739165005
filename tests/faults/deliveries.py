"""Files to load, good and bad rows known, and what must have become of them in the end."""

import json
import random
from dataclasses import dataclass, field

from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.settings import Settings
from tests.faults.conftest import await_no_leftovers
from tests.integration.landing.conftest import Warehouse


@dataclass
class Delivered:
    """What was put into the landing folder: for each file its good lines by key, its bad lines."""

    good: dict[tuple[str, int], str] = field(default_factory=dict)
    bad: set[tuple[str, int]] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in (*self.good, *self.bad)}


def deliver(warehouse: Warehouse, rng: random.Random) -> Delivered:
    """Deliver a csv file of several blocks, one of ndjson, and a small one."""
    delivered = Delivered()
    for name, rows in (("a.csv", 6_000), ("b.ndjson", 3_000), ("c.csv", 5)):
        first = 1 if name.endswith("ndjson") else 2
        lines = [] if name.endswith("ndjson") else ["id,name,city"]
        for line in range(first, first + rows):
            key = f"{name}-{line}"
            if rng.random() < 0.01:
                delivered.bad.add((f"people/{name}", line))
                lines.append("oops")
                continue
            delivered.good[f"people/{name}", line] = key
            city = "x" * rng.randint(0, 60)
            row = {"id": key, "name": "Ann", "city": city}
            lines.append(json.dumps(row) if first == 1 else ",".join(row.values()))
        warehouse.deliver(f"people/{name}", "\n".join(lines).encode())
    return delivered


def load_all(settings: Settings) -> None:
    """Load what is pending, as the command and the DAG do."""
    for path in pending_files(settings):
        load_file(settings, path)


def require_whole(warehouse: Warehouse, delivered: Delivered) -> None:
    """Fail unless every row is where it belongs, once, and the ledger says so."""
    rows = warehouse.rows("select _file_name, _line, id from raw.test__people")
    assert len(rows) == len(delivered.good)
    assert {(name, line): key for name, line, key in rows} == delivered.good
    bad = warehouse.rows("select file_name, line from ops.quarantined_rows")
    assert len(bad) == len(delivered.bad)
    assert set(bad) == delivered.bad
    ledger = warehouse.rows(
        "select file_name, rows_in_file, rows_loaded, rows_quarantined from ops.load_batches"
    )
    assert {str(entry[0]) for entry in ledger} == delivered.names
    assert len(ledger) == len(delivered.names)
    for name, in_file, loaded, quarantined in ledger:
        assert loaded == sum(one == name for one, _ in delivered.good)
        assert quarantined == sum(one == name for one, _ in delivered.bad)
        assert in_file == loaded + quarantined  # type: ignore[operator]
    assert pending_files(warehouse.settings) == []
    await_no_leftovers(warehouse.settings)
