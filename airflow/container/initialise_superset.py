"""Make Superset's secrets, its two logins of the warehouse and a database that only it owns."""

from customer360.bi.home import SupersetHome
from customer360.bi.local_superset import ensure_logins, ensure_metadata_database
from customer360.settings import get_settings


def main() -> None:
    """Do it; all of it may run again. What the warehouse's owner may, Superset may not."""
    home = SupersetHome(get_settings())
    home.prepare()
    ensure_logins(home)
    ensure_metadata_database(home)


if __name__ == "__main__":
    main()
