"""Stand-ins for the project's macros while sqlfluff reads models: a call is an expression.

sqlfluff puts every public name of this package into the Jinja context.
"""

import re
from collections.abc import Callable
from pathlib import Path

_MACROS = Path(__file__).resolve().parents[3] / "dbt_project" / "macros"


def _expression(name: str) -> Callable[..., str]:
    def call(*_arguments: object, **_keywords: object) -> str:
        return f"{name}_value"

    return call


class _Package:
    """Any macro of a package."""

    def __getattr__(self, name: str) -> Callable[..., str]:
        return _expression(name)


for _file in _MACROS.rglob("*.sql"):
    for _name in re.findall(r"{%-?\s*macro\s+(\w+)", _file.read_text()):
        globals()[_name] = _expression(_name)

dbt = _Package()
dbt_utils = _Package()


def computed_once(relation: str) -> str:
    """Stand in for the macro of that name, which is a relation, no expression."""
    return relation
