"""`customer360 privacy …`: what is held of a customer, and erasure."""

from typing import Annotated

import typer
from rich.console import Console

from customer360.settings import get_settings

privacy_app = typer.Typer(no_args_is_help=True, help="What is held of a customer, and erasure.")
console = Console()


@privacy_app.command("export")
def export_customer(
    customer: Annotated[str, typer.Argument(help="customer_id, as marts show it.")],
) -> None:
    """Print everything that is held of a customer, with where it came from, as JSON."""
    from customer360.privacy.commands import export_customer as command

    raise typer.Exit(command(get_settings(), console, customer))


@privacy_app.command("erase")
def erase_customer(
    customer: Annotated[str, typer.Argument(help="customer_id, as marts show it.")],
    reason: Annotated[str, typer.Option(help="Why, such as the number of the request.")],
    requested_by: Annotated[str, typer.Option(help="Who asked for it; no personal data.")],
    approved: Annotated[bool, typer.Option(help="Do not ask.")] = False,
) -> None:
    """Erase a customer from everything that is kept; it cannot be undone."""
    from customer360.privacy.commands import erase_customer as command

    if not approved:
        typer.confirm(f"Erase {customer} for good?", abort=True)
    settings = get_settings()
    raise typer.Exit(command(settings, console, customer, requested_by=requested_by, reason=reason))
