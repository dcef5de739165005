"""Make Superset's secrets, its two logins of the warehouse and a database that only it owns."""

import secrets

from psycopg2.extensions import make_dsn
from psycopg2.sql import SQL, Identifier

from customer360.bi.home import SupersetHome
from customer360.bi.local_superset import ensure_login, ensure_logins
from customer360.database.connection import connect, dsn
from customer360.database.initialise import create_database
from customer360.demo.home import sqlalchemy_url, write_once, write_private
from customer360.settings import get_settings

OWNER = "superset"


def main() -> None:
    """Do it; all of it may run again. What the warehouse's owner may, Superset may not."""
    settings = get_settings()
    home = SupersetHome(settings)
    home.prepare()
    write_once(home.secret_file(f"{OWNER}_password"), secrets.token_urlsafe(24))
    ensure_logins(home)
    create_database(settings, home.metadata_database)
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        ensure_login(cursor, OWNER, home.login_password(OWNER))
        hand_over = SQL("alter database {} owner to {}")
        cursor.execute(hand_over.format(Identifier(home.metadata_database), Identifier(OWNER)))
    server = dsn(settings, home.metadata_database)
    metadata = make_dsn(server, user=OWNER, password=home.login_password(OWNER))
    write_private(home.secret_file("metadata_url"), sqlalchemy_url(metadata))


if __name__ == "__main__":
    main()
