"""The real portal for a journey: web server with two workers, background worker, and a database of the journey's own.

It runs as `./portal demo` runs it, under the demo's settings and as the portal's own database role; only the 200 cases are
left out. Migrating takes longest, so one database is prepared for the whole run and copied for each portal.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from lbf_portal.workbench import database, processes
from lbf_portal.workbench.demo import Demo
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.trouble import last_lines


class Portal(Demo):
    """A running portal. `run` calls a function of ours inside it, `rows` looks into its database."""

    def __init__(self, places: Places, address: str) -> None:
        super().__init__(places, processes.free_port(), began=time.monotonic())
        self.cluster = None
        self.database = database.of_server(address)
        self.files = places.data / "files"

    def prepare(self) -> None:
        """Tables, reference data, the demo's people, and the files that browsers fetch."""
        self._migrate()
        self.run("world", "load()")
        self._collect_static_files()

    def open(self) -> None:
        """Start web server and worker, and wait until the pages answer."""
        self._start_parts()

    def run(self, module: str, call: str) -> str:
        """Call a function of a module beside this one in a process of the portal's; what it prints."""
        code = f"from tests.journeys import {module}; {module}.{call}"
        return self.manage("shell", "--no-imports", "-c", code)

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py prints as the portal's own role; a complaint fails the test."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows as the owner of the database sees them."""
        assert self.database is not None
        with psycopg.connect(self.database.owner_address) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def await_rows(self, query: str, *parameters: Any, seconds: float = 30) -> list[tuple[Any, ...]]:
        """The rows as soon as there are any: what the worker makes is there a moment later."""
        found: list[tuple[Any, ...]] = []

        def is_there() -> bool:
            found[:] = self.rows(query, *parameters)
            return bool(found)

        log = self.places.log("worker")
        assert processes.wait_until(is_there, seconds=seconds, pause=0.2), f"nothing came; {log} ends:\n{last_lines(log)}"
        return found

    def errors(self) -> str:
        """What web server and worker complained of."""
        logs = [self.places.log(part.name).read_text() for part in self.parts]
        return "\n".join(log[log.index("Traceback") :][:5000] for log in logs if "Traceback" in log)


class Template:
    """A prepared database and data folder, copied for each portal."""

    def __init__(self, server: str, name: str, data: Path) -> None:
        self.server = server
        self.name = name
        self.data = data

    @contextmanager
    def portal(self, name: str) -> Iterator[Portal]:
        """A portal on a copy, running; gone afterwards."""
        with own_database(self.server, f"{self.name}_{name}", template=self.name) as address, own_folder() as data:
            shutil.copytree(self.data / "static", data / "static")
            portal = Portal(made(data), address)
            try:
                portal.open()
                yield portal
            finally:
                portal.stop()


@contextmanager
def template() -> Iterator[Template]:
    """Prepare a database on the tests' server, for the length of the run."""
    server = os.environ["LBF_DATABASE_URL"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{urlsplit(server).path.lstrip('/')}_journey_{worker}"
    with own_database(server, name) as address, own_folder() as data:
        Portal(made(data), address).prepare()
        yield Template(server, name, data)


@contextmanager
def own_database(server: str, name: str, *, template: str = "template0") -> Iterator[str]:
    """A database beside the tests' own, and its address."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)  # what a killed run left
        connection.execute(create)
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(drop)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A data folder."""
    folder = Path(tempfile.mkdtemp(prefix="lbf-journey-"))
    yield folder
    shutil.rmtree(folder)


def made(data: Path) -> Places:
    """The folder with what a portal expects in it."""
    places = Places(data)
    places.make()
    return places
