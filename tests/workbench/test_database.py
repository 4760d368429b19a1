"""A wrong LBF_DATABASE_URL is told in a sentence that says what to do."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from lbf_portal.workbench import database
from lbf_portal.workbench.trouble import Trouble

SERVER = os.environ["LBF_DATABASE_URL"]


def address_of(name: str) -> str:
    """Another database on the tests' own server."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


@pytest.fixture
def own_database() -> Iterator[str]:
    """An empty database, gone after the test."""
    name = sql.Identifier("lbf_workbench_test")
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(name)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
    yield address_of("lbf_workbench_test")
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(drop)


def test_the_server_of_the_tests_is_good_enough() -> None:
    database.examine(SERVER, must_create=True)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://portal@localhost/portal", "must begin with postgresql://"),
        ("portal", "must begin with postgresql://"),
        ("postgresql://portal@localhost:port/portal", "cannot be read|does not work"),
        ("postgresql://[portal", "cannot be read"),
        ("postgresql://portal:secret@127.0.0.1:9/portal", "nothing answers there. Is the server running"),
        ("postgresql://portal@%2Fnowhere/portal", "there is no server with that socket"),
        (address_of("lbf_no_such_database"), "no such database. Make it first"),
    ],
)
def test_an_address_that_does_not_work_is_explained(address: str, says: str) -> None:
    with pytest.raises(Trouble, match=says) as told:
        database.examine(address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ('FATAL:  password authentication failed for user "portal"', "refuses user and password"),
        ('FATAL:  role "porta" does not exist', "no such user"),
        ("fe_sendauth: no password supplied", "wants a password"),
        ("failed to resolve host 'dtabase': [Errno -2] Name or service not known", "Is it spelt right"),
        ("connection timeout expired", "does not answer"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ("FATAL:  sorry, too many clients already", "no connection left"),
        ("something that nobody has seen before", "something that nobody has seen before"),
    ],
)
def test_what_a_server_says_becomes_advice(words: str, advice: str) -> None:
    assert advice.lower() in database.what_to_do(words).lower()


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 990000)
    with pytest.raises(Trouble, match="the portal needs 15 or newer"):
        database.examine(SERVER)


def test_reset_leaves_a_database_alone_that_no_demo_has_filled(own_database: str) -> None:
    used = database.Database(own_database, own_database)
    with psycopg.connect(own_database) as connection:
        connection.execute("CREATE TABLE somebodys AS SELECT 1 AS work")
    with pytest.raises(Trouble, match="so --reset leaves it alone"):
        database.empty_if_demo(used)
    with psycopg.connect(own_database) as connection:
        assert connection.execute("SELECT work FROM somebodys").fetchone() == (1,)


def test_reset_empties_a_database_that_a_demo_has_filled(own_database: str) -> None:
    used = database.Database(own_database, own_database)
    with psycopg.connect(own_database) as connection:
        connection.execute("CREATE TABLE cases AS SELECT 1 AS number")
    database.mark_as_demo(own_database)
    database.empty_if_demo(used)
    with psycopg.connect(own_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
