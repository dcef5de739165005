"""Why there is no extract; a module of its own, as DAGs name these and must load nothing heavy."""


class ExportBusy(Exception):  # noqa: N818 - the name says what happened
    """Another export writes into the same folder."""


class NothingPublished(Exception):  # noqa: N818 - the name says what happened
    """There is no publication to export yet."""


class UnknownReader(ValueError):  # noqa: N818 - the name says what happened
    """The role is none of those that marts are published for."""


class UnreadableValue(Exception):  # noqa: N818 - the name says what happened
    """A value has no place in the type that its column has in an extract."""
