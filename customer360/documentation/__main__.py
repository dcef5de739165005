"""Write the documents that are made from dbt's manifest: `make dictionary`."""

import logging
from pathlib import Path

from customer360.documentation.dictionary import dictionary
from customer360.documentation.lineage import lineage
from customer360.documentation.lineage_picture import picture
from customer360.documentation.project import parse_manifest, project_of
from customer360.settings import get_settings

logger = logging.getLogger(__name__)


def write_documents(dbt_project: Path, docs: Path) -> list[Path]:
    """Write the data dictionary and the lineage picture into `docs`; return their paths."""
    project = project_of(parse_manifest(dbt_project))
    contents = {
        docs / "data_dictionary.md": dictionary(project),
        docs / "lineage.svg": picture(lineage(project)),
    }
    for path, content in contents.items():
        path.write_text(content, encoding="utf-8")
        logger.info("wrote %s", path)
    return list(contents)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = get_settings()
    write_documents(settings.dbt_project_dir, settings.project_dir / "docs")
