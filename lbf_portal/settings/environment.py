"""Reading of environment variables that fails loudly: a misspelt value stops the start with a sentence."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


def text(name: str, default: str | None = None) -> str:
    """The variable's text; without a default a missing or empty variable is an error."""
    value = os.environ.get(name, "") or default
    if value is None:
        raise ImproperlyConfigured(f"Set {name} in the environment.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """`true` or `false`, nothing else."""
    value = os.environ.get(name, "").lower()
    if not value:
        return default
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 'true' or 'false', not '{value}'.")
    return value == "true"


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def clamd_address(name: str) -> str:
    """A socket's path (`/run/clamav/clamd.ctl`) or `host:port`; empty when nothing is set."""
    value = os.environ.get(name, "")
    _host, _colon, port = value.rpartition(":")
    if value and not value.startswith("/") and not port.isdecimal():
        raise ImproperlyConfigured(f"{name} must be the path of a socket or 'host:port', not '{value}'.")
    return value


def data_dir() -> Path:
    """The one folder that holds all state of this copy."""
    return Path(os.environ.get("LBF_DATA_DIR") or BASE_DIR / ".data").resolve()


def database() -> dict[str, Any]:
    """Django's settings for `LBF_DATABASE_URL`; with `LBF_DATABASE_ROLE` the connection acts as that role.

    Errors: ImproperlyConfigured when the address is missing, unreadable, or not PostgreSQL's.
    """
    address = text("LBF_DATABASE_URL")
    try:
        settings: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)}
    except Exception as error:
        raise ImproperlyConfigured(
            "LBF_DATABASE_URL cannot be read. Write it as postgresql://user:password@host:port/database"
        ) from error
    if settings.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("LBF_DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database).")
    options: dict[str, Any] = dict(settings.get("OPTIONS") or {})
    options.setdefault("connect_timeout", 5)
    role = os.environ.get("LBF_DATABASE_ROLE", "")
    if role:
        if not role.replace("_", "").isalnum():
            raise ImproperlyConfigured("LBF_DATABASE_ROLE must be a plain role name.")
        options["options"] = f"-c role={role}"
    settings["OPTIONS"] = options
    settings["ATOMIC_REQUESTS"] = False
    return settings
