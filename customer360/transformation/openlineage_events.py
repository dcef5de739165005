"""OpenLineage: tell a catalogue which datasets a dbt command read and wrote, where settings say so.

dbt's own artefacts hold all of it, so the events are made of them once the command has ended.
"""

import json
import logging
from pathlib import Path

from openlineage.client import OpenLineageClient
from openlineage.common.provider.dbt import DbtLocalArtifactProcessor, UnsupportedDbtCommand

logger = logging.getLogger(__name__)

NAMESPACE = "customer360"
_PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/dbt"


def emit_events(url: str, project: Path, target: Path, invocation_started: float) -> int:
    """Send the events of the dbt command that wrote the artefacts in `target`; return how many.

    Artefacts from before `invocation_started` (seconds since 1970) are another command's: none.

    Raises:
        Exception: whatever the catalogue's client or dbt's artefacts bring about.
    """
    results = target / "run_results.json"
    if not results.exists() or results.stat().st_mtime < invocation_started:
        return 0
    processor = DbtLocalArtifactProcessor(
        producer=_PRODUCER,
        job_namespace=NAMESPACE,
        project_dir=str(project),
        target_path=str(target),
        openlineage_job_name=f"dbt-{_command_of(results)}-{NAMESPACE}",
    )
    try:
        events = processor.parse().events()
    except UnsupportedDbtCommand:
        return 0
    client = OpenLineageClient(url=url)
    for event in events:
        client.emit(event)
    return len(events)


def _command_of(results: Path) -> str:
    arguments = json.loads(results.read_text())["args"]
    return str(arguments.get("which", "command"))
