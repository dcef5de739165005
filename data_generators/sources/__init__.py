"""The source systems. A new one is a module here and an entry in SOURCES."""

from data_generators.sources.base import Source
from data_generators.sources.shop import Shop

SOURCES: tuple[Source, ...] = (Shop(),)
