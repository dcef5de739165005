"""Bring Superset to the state that the files beside this one describe; again, it changes nothing.

It runs in Superset's own environment, with `superset_config.py`, and reads from variables:
C360_SUPERSET_LOGINS_FILE, a JSON object of user to {"password", "roles"}, and for each database in
assets/databases C360_SUPERSET_<STEM>_URL_FILE, a file with its SQLAlchemy URL.
"""

import json
import logging
import os
import sys
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import yaml

ASSETS = Path(__file__).resolve().parent / "assets"
# Which databases each role of ours may ask; it also may what Gamma may: look and explore.
ROLES = {
    "Analyst": ["warehouse"],
    "Analyst of personal data": ["warehouse", "warehouse_personal"],
}
_HIDDEN_PASSWORD = "X" * 10  # how an export writes a password, and an import expects it

logger = logging.getLogger("customer360.superset")


def main() -> None:
    """Migrate the metadata, import the assets, make the roles and the users."""
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        _migrate()
        from superset import appbuilder, security_manager
        from superset.utils.core import override_user

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        logins = json.loads(Path(os.environ["C360_SUPERSET_LOGINS_FILE"]).read_text())
        _ensure_roles()
        for name, login in logins.items():
            _ensure_user(name, login["password"], login["roles"])
        with override_user(security_manager.find_user("admin")):
            _import_assets()
        _open_databases_to_roles()


def _migrate() -> None:
    import superset
    from flask_migrate import upgrade

    upgrade(directory=str(Path(superset.__file__).parent / "migrations"))


def _ensure_roles() -> None:
    from superset import security_manager

    gamma = security_manager.find_role("Gamma")
    for name in ROLES:
        role = security_manager.find_role(name) or security_manager.add_role(name)
        for permission in gamma.permissions:
            security_manager.add_permission_role(role, permission)


def _ensure_user(name: str, password: str, role_names: list[str]) -> None:
    from superset import security_manager

    roles = [security_manager.find_role(role_name) for role_name in role_names]
    user = security_manager.find_user(name)
    if user is None:
        email = f"{name}@customer360.invalid"
        security_manager.add_user(name, name.capitalize(), "Customer 360", email, roles, password)
        return
    user.roles = roles
    security_manager.update_user(user)
    security_manager.reset_password(user.id, password)


def _import_assets() -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    contents, passwords = read_assets()
    ImportAssetsCommand(contents, passwords=passwords).run()
    logger.info("imported %d assets", len(contents) - 1)


def read_assets() -> tuple[dict[str, str], dict[str, str]]:
    """Return the files by name as an import wants them, and the databases' passwords apart."""
    contents = {
        str(path.relative_to(ASSETS)): path.read_text(encoding="utf-8")
        for path in sorted(ASSETS.rglob("*.yaml"))
    }
    passwords = {}
    for name in [name for name in contents if name.startswith("databases/")]:
        variable = f"C360_SUPERSET_{Path(name).stem.upper()}_URL_FILE"
        url = urlsplit(Path(os.environ[variable]).read_text().strip())
        database = yaml.safe_load(contents[name])
        database["sqlalchemy_uri"] = _without_password(url)
        contents[name] = yaml.safe_dump(database, sort_keys=False)
        if url.password:
            passwords[name] = unquote(url.password)
    return contents, passwords


def _without_password(url: SplitResult) -> str:
    if not url.password:
        return urlunsplit(url)
    login, _, place = url.netloc.rpartition("@")
    return urlunsplit(url._replace(netloc=f"{login.split(':')[0]}:{_HIDDEN_PASSWORD}@{place}"))


def _open_databases_to_roles() -> None:
    from superset import db, security_manager
    from superset.models.core import Database

    uuids = {
        path.stem: yaml.safe_load(path.read_text())["uuid"]
        for path in (ASSETS / "databases").glob("*.yaml")
    }
    for role_name, stems in ROLES.items():
        role = security_manager.find_role(role_name)
        for stem in stems:
            database = db.session.query(Database).filter_by(uuid=uuids[stem]).one()
            permission = security_manager.add_permission_view_menu("database_access", database.perm)
            security_manager.add_permission_role(role, permission)
    db.session.commit()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    main()
