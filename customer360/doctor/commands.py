"""`customer360 doctor`: examine, print a line each, end with what to expect."""

from collections.abc import Iterable, Iterator

from rich.console import Console

from customer360.doctor import databases, installation, machine
from customer360.doctor.findings import Check, Finding
from customer360.settings import Settings

CHECKS: tuple[Check, ...] = (
    installation.python,
    installation.packages,
    installation.dbt_packages,
    machine.disk,
    machine.memory,
    machine.data_directory,
    databases.server,
    databases.airflow_metadata,
    machine.left_behind,
    machine.ports,
    installation.dashboards,
)
_STYLES = {"ok": "green", "warning": "yellow", "wrong": "red"}


def examine(settings: Settings, checks: Iterable[Check] = CHECKS) -> Iterator[Finding]:
    """Yield what the checks find; one that cannot be made is a finding itself."""
    for check in checks:
        try:
            yield from check(settings)
        except Exception as error:  # the doctor must not fall ill
            subject = check.__name__.replace("_", " ").capitalize()
            message = f"could not be looked at: {type(error).__name__}: {error}"
            yield Finding("wrong", subject, message, "Mend that, then ask again.")


def show_findings(settings: Settings, console: Console, checks: Iterable[Check] = CHECKS) -> int:
    """Print the findings; return 1 if something is wrong, else 0."""
    found = []
    for finding in examine(settings, checks):
        found.append(finding.level)
        _show(console, finding)
    wrong, warnings = found.count("wrong"), found.count("warning")
    console.print(f"{wrong} wrong, {warnings} to be warned of, {found.count('ok')} in order.")
    return 1 if wrong else 0


def _show(console: Console, finding: Finding) -> None:
    style = _STYLES[finding.level]
    console.print(f"[{style}]{finding.level:<8}[/]", end="", highlight=False)
    text = f"{finding.subject}: {finding.message}"
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    if finding.remedy:
        remedy = f"        → {finding.remedy}"
        console.print(remedy, markup=False, highlight=False, soft_wrap=True)
