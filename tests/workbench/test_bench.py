"""`./portal bench ledger` and `submit` measure on a database of their own, and leave the server as it was."""

import os
import subprocess
import sys

import psycopg
import pytest

from lbf_portal.workbench.bench_ledger import name_for
from lbf_portal.workbench.places import PROJECT, Places

SERVER = os.environ["LBF_DATABASE_URL"]


def bench(places: Places, subject: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lbf_portal.workbench", "bench", subject, *arguments],
        cwd=PROJECT,
        env=os.environ | {"LBF_DATA_DIR": str(places.data), "LBF_DATABASE_URL": SERVER},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
def test_it_tells_postings_beside_pgbench_and_what_reading_takes(places: Places) -> None:
    done = bench(places, "ledger", "--clients", "2", "--seconds", "1", "--entries", "400")

    # How quick this machine is in this moment is no matter of the tests; both outcomes are answers.
    assert done.returncode in {0, 1}, done.stderr
    assert done.stderr == ""
    assert done.stdout.count("ledger.posting") == 3
    assert "full check" in done.stdout
    *_, measured = done.stdout.splitlines()
    assert measured.split()[0] == "400"
    assert databases_of(places) == 0


@pytest.mark.slow
def test_it_submits_applications_alone_and_together(places: Places) -> None:
    done = bench(places, "submit", "--alone", "2", "--together", "4", "--clients", "2")

    assert done.returncode in {0, 1}, done.stderr
    assert done.stderr == ""
    assert "one client" in done.stdout
    assert "2 clients" in done.stdout
    assert databases_of(places) == 0


def databases_of(places: Places) -> int:
    """How many of the benches' databases are left."""
    with psycopg.connect(SERVER) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", [name_for(places)]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("wrong", [("--clients", "0"), ("--seconds", "0"), ("--entries", "3")])
def test_what_cannot_be_measured_is_refused_before_anything_begins(places: Places, wrong: tuple[str, str]) -> None:
    done = bench(places, "ledger", *wrong)

    assert done.returncode == 1
    assert done.stderr.startswith("portal: Clients and seconds are at least 1")
