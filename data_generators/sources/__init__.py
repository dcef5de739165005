"""The source systems. A new one is a module here and an entry in SOURCES."""

from data_generators.sources.base import Source
from data_generators.sources.consent import Consent
from data_generators.sources.dealership import Dealership
from data_generators.sources.digital import Digital
from data_generators.sources.dynamics import Dynamics
from data_generators.sources.external import External
from data_generators.sources.loyalty import Loyalty
from data_generators.sources.marketing import Marketing
from data_generators.sources.retail_api import RetailApi
from data_generators.sources.salesforce import Salesforce
from data_generators.sources.shop import Shop
from data_generators.sources.stores import Stores
from data_generators.sources.support import Support

SOURCES: tuple[Source, ...] = (
    Shop(),
    Stores(),
    Loyalty(),
    Support(),
    Marketing(),
    Salesforce(),
    Dynamics(),
    Dealership(),
    Digital(),
    RetailApi(),
    External(),
    Consent(),
)
