"""Python, its packages, dbt's packages, and what only dashboards need."""

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from customer360.bi.home import SupersetHome
from customer360.doctor.findings import Finding, ok, warning, wrong
from customer360.settings import Settings

OLDEST_PYTHON = (3, 11)
_SHOWN = 5  # of packages that differ


def python(
    settings: Settings,  # noqa: ARG001 - every check takes them
    running: tuple[int, ...] = sys.version_info[:3],
) -> Iterator[Finding]:
    """Look at the interpreter's version."""
    name, oldest = ".".join(map(str, running)), ".".join(map(str, OLDEST_PYTHON))
    if running < OLDEST_PYTHON:
        remedy = "Install a newer one and name it: make PYTHON=python3.12 setup"
        yield wrong("Python", f"{name} is older than {oldest}.", remedy)
    else:
        yield ok("Python", f"{name}, {sys.executable}")


def packages(settings: Settings) -> Iterator[Finding]:
    """Compare what is installed with the lock."""
    lock = settings.project_dir / "requirements.txt"
    pinned = [requirement for requirement in _pins(lock) if _is_meant_for_this_machine(requirement)]
    differing = [problem for requirement in pinned if (problem := _difference(requirement))]
    if differing:
        shown = ", ".join(differing[:_SHOWN]) + (", …" if len(differing) > _SHOWN else "")
        message = f"{len(differing)} of {len(pinned)} differ from {lock.name}: {shown}."
        yield wrong("Packages", message, "rm .venv/.installed*; make setup")
    else:
        yield ok("Packages", f"all {len(pinned)} are those of {lock.name}")


def _pins(lock: Path) -> Iterator[Requirement]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            yield Requirement(line.removesuffix("\\").strip())


def _is_meant_for_this_machine(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()


def _difference(requirement: Requirement) -> str | None:
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return f"{requirement.name} is {installed}, not {str(requirement.specifier).lstrip('=')}"


def dbt_packages(settings: Settings) -> Iterator[Finding]:
    """Look for the packages that models use."""
    folder = settings.dbt_project_dir / "dbt_packages" / "dbt_utils"
    if (folder / "dbt_project.yml").exists():
        yield ok("dbt packages", f"dbt_utils is in {folder.parent}")
    else:
        message = f"dbt_utils is not in {folder.parent}, so no model can be built."
        yield wrong("dbt packages", message, "customer360 packages")


def dashboards(settings: Settings) -> Iterator[Finding]:
    """Look for what dashboards, their tests and their pictures need; nothing else does."""
    interpreter = SupersetHome(settings).python
    if interpreter.exists():
        yield ok("Superset", f"its environment is {interpreter.parents[1]}")
    else:
        yield warning("Superset", "has no environment yet; only dashboards need it.", "make bi")
    if chromium := shutil.which("chromium"):
        yield ok("Chromium", chromium)
    else:
        message = "is not on PATH; only tests and pictures of the dashboards need it."
        yield warning("Chromium", message, "make setup-dashboards, or apt-get install chromium")
