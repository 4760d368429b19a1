"""Which database a command works on: our own cluster, or the server that `LBF_DATABASE_URL` names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from lbf_portal.workbench.cluster import APP_ROLE, Cluster
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.trouble import Trouble

OLDEST = 150000
MADE_BY_DEMO = "lbf_portal demo"  # a comment on the database: --reset empties only what a demo has filled
ADDRESS_FORM = "postgresql://user:password@host:port/database"


@dataclass(frozen=True)
class Database:
    """Addresses and roles: the owner migrates, the portal's processes act as a role that cannot change the schema."""

    owner_address: str
    app_address: str
    app_role: str = ""  # taken on after sign-in, where the portal has no login of its own

    def as_owner(self) -> dict[str, str]:
        return {"LBF_DATABASE_URL": self.owner_address, "LBF_DATABASE_ROLE": ""}

    def as_portal(self) -> dict[str, str]:
        return {"LBF_DATABASE_URL": self.app_address, "LBF_DATABASE_ROLE": self.app_role}


def own_cluster(places: Places, *, is_for_tests: bool = False) -> Cluster:
    name = "postgresql-test" if is_for_tests else "postgresql"
    return Cluster(places.data / name, places.log(name), places.run, is_for_tests=is_for_tests)


def of_cluster(cluster: Cluster) -> Database:
    return Database(owner_address=cluster.address(), app_address=cluster.address(APP_ROLE))


def named_address() -> str:
    return os.environ.get("LBF_DATABASE_URL", "")


def of_server(address: str) -> Database:
    """The server that `LBF_DATABASE_URL` names. Errors: Trouble when it cannot be used."""
    examine(address)
    return Database(owner_address=address, app_address=address, app_role=APP_ROLE)


@contextmanager
def in_use(places: Places, *, is_for_tests: bool = False) -> Iterator[Database]:
    """The database for the length of one command; our own cluster is started for it, if it does not run."""
    if address := named_address():
        yield of_server(address)
        return
    cluster = own_cluster(places, is_for_tests=is_for_tests)
    with cluster.shared():
        yield of_cluster(cluster)


def examine(address: str, *, must_create: bool = False) -> None:
    """Say at once what is wrong with the address, instead of letting a dozen programs fail on it.

    Errors: Trouble with a sentence that says what to do.
    """
    if not address.startswith(("postgresql://", "postgres://")):
        raise Trouble(f"LBF_DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database): {ADDRESS_FORM}")
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            version = connection.info.server_version
            encoding = connection.execute("SHOW server_encoding").fetchone()
            rights = connection.execute(
                "SELECT rolsuper OR rolcreatedb, rolsuper OR rolcreaterole OR EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s) "
                "FROM pg_roles WHERE rolname = current_user",
                [APP_ROLE],
            ).fetchone()
    except psycopg.ProgrammingError as error:
        raise Trouble(f"LBF_DATABASE_URL cannot be read ({error}). Write it as {ADDRESS_FORM}") from None
    except psycopg.Error as error:
        raise Trouble(f"LBF_DATABASE_URL ({without_password(address)}) does not work: {what_to_do(str(error))}") from None
    if version < OLDEST:
        raise Trouble(f"The server of LBF_DATABASE_URL is PostgreSQL {version // 10000}; the portal needs 15 or newer.")
    if encoding != ("UTF8",):
        raise Trouble(
            "The database of LBF_DATABASE_URL is not in UTF-8. Make one that is: "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )
    may_create_databases, may_create_roles = rights or (False, False)
    if not may_create_roles:
        raise Trouble(
            f"The user of LBF_DATABASE_URL may not make the role {APP_ROLE}, and it is not there. "
            f"As the server's administrator: ALTER ROLE … CREATEROLE, or CREATE ROLE {APP_ROLE} and GRANT {APP_ROLE} TO …"
        )
    if must_create and not may_create_databases:
        raise Trouble("The tests make their own database: give the user of LBF_DATABASE_URL that right (ALTER ROLE … CREATEDB).")


# What libpq says, and what helps; the first that fits is told.
ADVICE = (
    ("refused", "nothing answers there. Is the server running, and are host and port right?"),
    ("could not translate host name", "the host name is not known. Is it spelt right?"),
    ("failed to resolve host", "the host name is not known. Is it spelt right?"),
    ("name or service not known", "the host name is not known. Is it spelt right?"),
    ("timeout", "the host does not answer. Are host and port right, and does a firewall stand between?"),
    ("password authentication failed", "the server refuses user and password. Correct them in the address."),
    ("no password supplied", "the server wants a password. Write it into the address: postgresql://user:password@…"),
    ("no pg_hba.conf entry", "the server does not let this user in from here (pg_hba.conf)."),
    ("no such file or directory", "there is no server with that socket. Is it running, and is the folder right?"),
    ("starting up", "the server is only just starting. Try again in a moment."),
    ("too many clients", "the server has no connection left. Stop something, or raise max_connections."),
)


def what_to_do(words: str) -> str:
    lower = words.lower()
    if "database" in lower and "does not exist" in lower:
        return "the server has no such database. Make it first: createdb …, in UTF-8."
    if "role" in lower and "does not exist" in lower:
        return "the server has no such user. Correct it in the address, or make it: createuser …"
    for sign, advice in ADVICE:
        if sign in lower:
            return advice
    return words.strip().splitlines()[-1]


def without_password(address: str) -> str:
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return "…"
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{password}@", ":…@", 1))) if password else address


def mark_as_demo(address: str) -> None:
    """Note in the database itself that a demo filled it, and nobody else.

    A user who does not own the database may not: then every start runs the seed, which changes nothing the second time,
    and --reset leaves the database alone.
    """
    with psycopg.connect(address, autocommit=True) as connection, suppress(psycopg.errors.InsufficientPrivilege):
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(MADE_BY_DEMO)))


def is_marked_as_demo(address: str) -> bool:
    with psycopg.connect(address) as connection:
        comment = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return comment == (MADE_BY_DEMO,)


def empty_if_demo(used: Database) -> None:
    """Empty a database that is not ours, if a demo filled it. Errors: Trouble when none did."""
    with psycopg.connect(used.owner_address, autocommit=True) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if tables == (0,):
            return
        if not is_marked_as_demo(used.owner_address):
            raise Trouble(
                "No demo has filled the database of LBF_DATABASE_URL, so --reset leaves it alone. "
                "If nothing in it matters: DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            )
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS NULL").format(sql.Identifier(connection.info.dbname)))
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
