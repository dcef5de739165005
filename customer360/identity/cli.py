"""`customer360 identity …` for stewards: what they decide about who is who."""

from getpass import getuser
from typing import Annotated

import typer
from rich.console import Console

from customer360.settings import get_settings

identity_app = typer.Typer(no_args_is_help=True, help="Which records are one customer.")
console = Console()

RecordKey = Annotated[str, typer.Argument(help="Key of a record, as in shop:C0000017.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the decision later.")]
Steward = Annotated[
    str, typer.Option("--by", help="Who decides.", default_factory=getuser, show_default=False)
]


@identity_app.command("link")
def link_records(left: RecordKey, right: RecordKey, reason: Reason, steward: Steward) -> None:
    """Decide that two records are one customer, whatever the matching says."""
    from customer360.identity.steward_commands import decide

    keys = (left, right)
    raise typer.Exit(decide(get_settings(), console, "link", keys, (steward, reason)))


@identity_app.command("unlink")
def unlink_records(left: RecordKey, right: RecordKey, reason: Reason, steward: Steward) -> None:
    """Decide that two records are two customers, whatever joins them."""
    from customer360.identity.steward_commands import decide

    keys = (left, right)
    raise typer.Exit(decide(get_settings(), console, "unlink", keys, (steward, reason)))


@identity_app.command("undo")
def undo_decision(
    decision: Annotated[int, typer.Argument(help="Number of the decision.")],
    reason: Reason,
    steward: Steward,
) -> None:
    """Take a decision back; what was decided before about the two records holds again."""
    from customer360.identity.steward_commands import undo

    raise typer.Exit(undo(get_settings(), console, decision, (steward, reason)))


@identity_app.command("decisions")
def list_decisions() -> None:
    """List what was decided, by whom, when and why."""
    from customer360.identity.steward_commands import show_decisions

    raise typer.Exit(show_decisions(get_settings(), console))
