"""`customer360 identity …`: how well records are matched and why, and what stewards decide."""

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
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


@identity_app.command("evaluate")
def evaluate_identity(
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV of records with a column truth. Default: the last build."),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="Folder of the generator's truth. Default: truth in the data."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Link what is more probable than this; for FILE."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; for FILE.")] = False,
) -> None:
    """Measure precision and recall of the matching against a known truth.

    With FILE its records are matched in a scratch database, with weights learned from them alone.
    """
    from customer360.identity import commands

    settings, now = get_settings(), datetime.now(UTC)
    if file is None:
        raise typer.Exit(commands.evaluate_identity(settings, console, now, truth))
    raise typer.Exit(
        commands.evaluate_labelled_file(
            settings, console, now, file, threshold=threshold, as_json=as_json
        )
    )


@identity_app.command("train")
def train_match_weights() -> None:
    """Learn from the records how much each agreement proves; the next build weighs with it."""
    from customer360.identity.commands import train_weights

    raise typer.Exit(train_weights(get_settings(), console, datetime.now(UTC)))


@identity_app.command("explain")
def explain_pair(
    left: RecordKey,
    right: RecordKey,
) -> None:
    """Show why two records are, or are not, one customer."""
    from customer360.identity.commands import explain_pair as command

    raise typer.Exit(command(get_settings(), console, left, right))


@identity_app.command("review")
def review_pairs(
    limit: Annotated[int, typer.Option(min=1, help="Pairs to show.")] = 20,
) -> None:
    """List the most doubtful pairs that nobody decided on yet."""
    from customer360.identity.review import show_queue

    raise typer.Exit(show_queue(get_settings(), console, limit))


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
