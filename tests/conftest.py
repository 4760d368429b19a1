"""What every test shares: the database as the portal's own role sees it, and the cast.

The cast has one person per role (domain.md, section 8). `outsider` applies for another organisation and must never see
anything of the others.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django.plugin import DjangoDbBlocker

from lbf_portal.lib.sql import APP_ROLE

pytest_plugins = ["tests.alone", "tests.browser", "tests.cast", "tests.clamav", "tests.order", "tests.rich"]

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests run as the role that web and worker have, so what that role may not do fails here too.

    The owner makes the tables; emptying them after a test with real transactions is the owner's act as well.
    """
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    flush = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self: DatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
        flush(self, sql_list)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {APP_ROLE}")

    with django_db_blocker.unblock():
        options["options"] = f"-c role={APP_ROLE}"
        connection.close()
    DatabaseOperations.execute_sql_flush = flush_as_owner  # type: ignore[method-assign,assignment]  # for the length of the run
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]  # as it was
    with django_db_blocker.unblock():
        del options["options"]
        connection.close()
        with connection.cursor() as cursor:
            # A page that a browser left half fetched holds a thread of the live server, and that a connection.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock begins at ten on TODAY and runs; journeys and the workbench start real processes and keep real time."""
    if {"journeys", "workbench"} & set(request.path.parts):
        yield
        return
    ten = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=ZoneInfo("Europe/Copenhagen"))
    with time_machine.travel(ten, tick=True):
        yield


@pytest.fixture
def today() -> datetime.date:
    """The day of every test that does not say otherwise."""
    return TODAY
