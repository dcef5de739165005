"""The source systems. A new one is a module here and an entry in SOURCES."""

from data_generators.sources.base import Source
from data_generators.sources.loyalty import Loyalty
from data_generators.sources.shop import Shop
from data_generators.sources.support import Support

SOURCES: tuple[Source, ...] = (Shop(), Loyalty(), Support())
