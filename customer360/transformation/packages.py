"""Put dbt_utils into dbt_packages/: the real one where dbt's hub answers, else our drop-in."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from customer360.database.connection import dbt_environment
from customer360.settings import Settings

logger = logging.getLogger(__name__)

DEFAULT_HUB = "https://hub.getdbt.com/"
HUB_SECONDS = 3
DEPS_SECONDS = 60
DROP_IN_MARK = "DROP_IN.md"


def install_packages(settings: Settings) -> str:
    """Make dbt_packages/dbt_utils usable and say what it is; a real one is never overwritten.

    Raises:
        FileNotFoundError: if the drop-in is needed and missing from the project.
    """
    installed = settings.dbt_project_dir / "dbt_packages" / "dbt_utils"
    if is_real(installed):
        return "dbt_utils from dbt's hub is installed."
    trouble = _hub_trouble() or _deps_trouble(settings)
    if trouble is None and is_real(installed):
        return "dbt_utils was installed from dbt's hub."
    install_drop_in(settings)
    return f"dbt_utils is our drop-in, because {trouble or 'dbt deps left none'}."


def is_real(package: Path) -> bool:
    """Tell whether a directory holds a whole dbt_utils that is not our drop-in."""
    return (
        (package / "dbt_project.yml").exists()
        and any((package / "macros").rglob("*.sql"))
        and not (package / DROP_IN_MARK).exists()
    )


def install_drop_in(settings: Settings) -> None:
    """Put our drop-in where dbt looks for the package; one that is there is replaced whole."""
    source = settings.dbt_project_dir / "offline_packages" / "dbt_utils"
    packages = settings.dbt_project_dir / "dbt_packages"
    if not source.is_dir():
        raise FileNotFoundError(f"{source} is missing: check the project out again.")
    packages.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=packages, prefix=".") as directory:
        copy = Path(directory) / "dbt_utils"
        shutil.copytree(source, copy)
        if (packages / "dbt_utils").exists():
            (packages / "dbt_utils").rename(Path(directory) / "former")
        copy.rename(packages / "dbt_utils")


def _hub_trouble() -> str | None:
    """Return why the hub cannot be used, or None; costs seconds where the network is closed."""
    hub = os.environ.get("DBT_PACKAGE_HUB_URL", DEFAULT_HUB)
    if not hub.startswith(("https://", "http://")):
        return f"DBT_PACKAGE_HUB_URL is no web address: {hub}"
    request = Request(f"{hub.rstrip('/')}/api/v1/dbt-labs/dbt_utils.json")  # noqa: S310 - checked
    try:
        with urlopen(request, timeout=HUB_SECONDS):  # noqa: S310
            return None
    except HTTPError as error:
        return f"{hub} answers with {error.code}"
    except OSError as error:
        return f"{hub} does not answer ({getattr(error, 'reason', error)})"


def _deps_trouble(settings: Settings) -> str | None:
    """Run `dbt deps` and return why it failed, or None."""
    project = str(settings.dbt_project_dir)
    with tempfile.TemporaryDirectory() as logs:
        command = [
            *[str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-use-colors", "deps"],
            *["--project-dir", project, "--profiles-dir", project, "--log-path", logs],
        ]
        environment = {**os.environ, **dbt_environment(settings)}
        try:
            done = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                timeout=DEPS_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"`dbt deps` did not end within {DEPS_SECONDS} s"
    if done.returncode == 0:
        return None
    logger.info("%s", done.stdout)
    last_line = (done.stdout.strip() or done.stderr.strip() or "no output").splitlines()[-1]
    return f"`dbt deps` failed: {last_line}"
