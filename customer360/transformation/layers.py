"""The layers of a build, in order: each fills its schemas and runs the tests it makes possible.

A layer selects by the schema that a node fills, not by folder: a folder selects the tests in its
YAML files too, also those that need a later layer. With `--indirect-selection buildable` dbt then
adds each test whose parents are selected or upstream of the selection, so that a test that spans
layers runs once, in the last layer it needs. Unit tests are left out: they test the models' code on
rows of their own, so they say nothing of this data, and cost a third of a build's time. A plain
`dbt build` runs them, and so does `make test`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from customer360.transformation.dbt_runner import NO_ARTEFACTS

_OPTIONS = ("--indirect-selection", "buildable", "--exclude-resource-type", "unit_test")

# The steps of a whole build that are none of dbt's: see customer360/identity and …/lifetime.
EVALUATION_STEP = "evaluate_identity"
MODELS_STEP = "fit_models"


@dataclass(frozen=True)
class Layer:
    """A step of the build: its name and what dbt selects for it.

    Before a layer that `reads_weights` a database's first build learns them from the records.
    Before a layer that `reads_evaluation` a whole build compares identity with the generators'
    truth, where there is one; before a layer that `reads_models` it fits the lifetime models.
    """

    name: str
    selection: tuple[str, ...]
    writes_manifest: bool = False
    reads_weights: bool = False
    reads_evaluation: bool = False
    reads_models: bool = False

    def arguments(
        self, selection: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return the arguments of the dbt command that runs this layer, or a part of it."""
        rest = ("--exclude", *excluded) if excluded else ()
        artefacts = () if self.writes_manifest else (NO_ARTEFACTS,)
        return ("build", "--select", *(selection or self.selection), *rest, *_OPTIONS, *artefacts)


LAYERS = (
    # The sources are selected for their tests; dbt builds nothing for them.
    Layer("staging", ("config.schema:seeds", "config.schema:staging", "source:*")),
    Layer("identity", ("config.schema:identity",), reads_weights=True),
    Layer(
        "intermediate",
        ("config.schema:intermediate", "config.schema:history"),
        reads_evaluation=True,
    ),
    # One manifest serves the gates; to write another in each layer costs half a second.
    Layer("marts", ("config.schema:warehouse_next",), writes_manifest=True, reads_models=True),
)


def layer_named(name: str) -> Layer:
    """Return the layer of that name.

    Raises:
        ValueError: if there is none; the message lists those that exist.
    """
    for layer in LAYERS:
        if layer.name == name:
            return layer
    names = ", ".join(layer.name for layer in LAYERS)
    raise ValueError(f"There is no layer {name!r}; the layers are {names}.")
