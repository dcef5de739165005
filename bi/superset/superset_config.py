"""Superset's configuration: what differs between machines comes as a file or a variable."""

import os
from pathlib import Path
from typing import Any

from flask import g, has_request_context
from flask_caching.backends.filesystemcache import FileSystemCache
from superset.config import TALISMAN_CONFIG as _TALISMAN_CONFIG
from superset.security import SupersetSecurityManager
from superset.utils.log import DBEventLogger

_HOME = Path(os.environ["SUPERSET_HOME"])
_MINUTE = 60
_DAY = 24 * 60 * _MINUTE


def _secret(name: str) -> str:
    return Path(os.environ[name]).read_text(encoding="utf-8").strip()


SECRET_KEY = _secret("C360_SUPERSET_SECRET_KEY_FILE")
SQLALCHEMY_DATABASE_URI = _secret("C360_SUPERSET_METADATA_URL_FILE")

# Nobody sees anything without a login: a public dashboard would let a crafted chart request read
# the raw rows of its dataset.
AUTH_ROLE_PUBLIC = ""
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
# Plain HTTP on loopback. Behind a proxy with TLS set C360_SUPERSET_HTTPS=1.
SESSION_COOKIE_SECURE = os.environ.get("C360_SUPERSET_HTTPS") == "1"
# Superset's pages count their visitors with a pixel from elsewhere; browsers must fetch nothing.
TALISMAN_CONFIG = _TALISMAN_CONFIG | {
    "content_security_policy": _TALISMAN_CONFIG["content_security_policy"]
    | {"img-src": ["'self'", "blob:", "data:"], "connect-src": ["'self'"]}
}
RATELIMIT_STORAGE_URI = "memory://"
PREVENT_UNSAFE_DB_CONNECTIONS = True


class _RequestLogger(DBEventLogger):
    """Keeps who asked for what, not the steps of the answer.

    Superset notes five steps of every chart's answer as well. Each commits, after which all that
    was read of users, datasets and columns is read again: a third of the time of an answer.
    """

    _STEPS = frozenset(
        {
            "ChartDataRestApi.json_dumps",
            "QueryObject.post_processing",
            "_get_data_response",
            "execute_sql",
            "load_into_dataframe",
        }
    )

    def log_with_context(self, action: str, *args: Any, **payload: Any) -> None:
        """Note an event unless it is a step of another one."""
        if action not in self._STEPS:
            super().log_with_context(action, *args, **payload)


EVENT_LOGGER = _RequestLogger()


class CUSTOM_SECURITY_MANAGER(SupersetSecurityManager):  # type: ignore[misc]  # noqa: N801
    """Looks each right up once in a request: a chart's answer asks for the same ones again."""

    def can_access(self, permission_name: str, view_name: str) -> bool:
        """Return whether the user of the request has this right."""
        if not has_request_context():
            return super().can_access(permission_name, view_name)
        known = g.setdefault("rights", {})
        key = (g.user.get_id(), permission_name, view_name)
        if key not in known:
            known[key] = super().can_access(permission_name, view_name)
        return known[key]


FEATURE_FLAGS = {
    "DASHBOARD_RBAC": False,
    "DRILL_BY": True,
    "DRILL_TO_DETAIL": True,
    # The warehouse changes once a day and whole: no query is worth a scheduler of alerts here.
    "ALERT_REPORTS": False,
}


def _cache(name: str, seconds: int) -> dict[str, object]:
    return {
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_DIR": str(_HOME / "cache" / name),
        "CACHE_DEFAULT_TIMEOUT": seconds,
        "CACHE_THRESHOLD": 5_000,
    }


CACHE_CONFIG = _cache("metadata", _DAY)
# A publication changes every number at once; a chart is behind it by no more than this.
DATA_CACHE_CONFIG = _cache("data", _MINUTE)
FILTER_STATE_CACHE_CONFIG = _cache("filters", 30 * _DAY)
EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("forms", 7 * _DAY)
RESULTS_BACKEND = FileSystemCache(str(_HOME / "cache" / "results"))

ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
# A chart whose query takes longer than this says so instead of spinning.
SUPERSET_WEBSERVER_TIMEOUT = _MINUTE
SQLLAB_TIMEOUT = _MINUTE

APP_NAME = "Customer 360"
LOGO_TOOLTIP = "Customer 360"

# Okabe & Ito (2008), "Color Universal Design": eight colours that people with any kind of colour
# blindness tell apart; the yellow, too light for a line on white, is last.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "okabe_ito",
        "label": "Okabe-Ito (colour-blind safe)",
        "description": "Eight colours that everybody can tell apart",
        "isDefault": True,
        "colors": [
            "#0072B2",
            "#E69F00",
            "#009E73",
            "#D55E00",
            "#56B4E9",
            "#CC79A7",
            "#000000",
            "#F0E442",
        ],
    }
]
# Nuñez, Anderton & Renslow (2018), cividis: even steps of lightness, blue to yellow, dark is more.
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "cividis",
        "label": "Cividis (colour-blind safe)",
        "description": "From pale yellow to dark blue",
        "isDiverging": False,
        "isDefault": True,
        "colors": ["#FDEA45", "#C8B866", "#948E77", "#666870", "#31446B", "#00204C"],
    }
]
