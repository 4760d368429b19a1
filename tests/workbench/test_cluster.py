"""The embedded PostgreSQL: it starts whatever happened before, and loses nothing that was committed."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from lbf_portal.workbench import accounts, processes
from lbf_portal.workbench import cluster as module
from lbf_portal.workbench.cluster import APP_ROLE, Cluster
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.trouble import Trouble


def ask(cluster: Cluster, question: str, user: str = "portal") -> object:
    with psycopg.connect(cluster.address(user)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_it_starts_once_and_stops(cluster: Cluster) -> None:
    assert cluster.start(is_attached=True)
    assert not cluster.start(is_attached=True), "it ran already"
    assert ask(cluster, "SELECT current_user", APP_ROLE) == APP_ROLE
    cluster.stop()
    assert not cluster.is_alive()
    assert not processes.working_in(cluster.home)


def test_a_command_that_joins_in_leaves_a_running_demo_its_server(cluster: Cluster) -> None:
    cluster.start(is_attached=True)
    command = Cluster(cluster.place, cluster.log, cluster.run)
    with command.shared():
        assert ask(command, "SELECT 1") == 1
    assert cluster.is_alive(), "the demo that started it still runs"
    cluster.stop()


def test_nothing_listens_on_the_network_and_only_its_user_enters_the_socket_folder(cluster: Cluster) -> None:
    with cluster.shared():
        assert ask(cluster, "SHOW listen_addresses") == ""
        assert cluster.socket.stat().st_mode & 0o777 == 0o700


def test_what_was_committed_survives_the_killing_of_the_server(cluster: Cluster) -> None:
    cluster.start(is_attached=True)
    with psycopg.connect(cluster.address()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    victim = cluster.process()
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    cluster.start(is_attached=True)
    assert ask(cluster, "SELECT number FROM kept") == 7
    cluster.stop()


def test_a_process_number_that_another_program_has_by_now_does_not_stop_the_start(cluster: Cluster) -> None:
    with cluster.shared():
        noted = (cluster.home / "postmaster.pid").read_text()
    other = str(os.getpid())
    stale = "\n".join([other, *noted.splitlines()[1:]]) + "\n"
    for path in (cluster.home / "postmaster.pid", cluster.socket / ".s.PGSQL.5432.lock"):
        path.write_text(stale)
        path.chmod(0o600)
        cluster.account.own(path)
    assert not cluster.is_alive(), "that process works elsewhere"
    with cluster.shared():
        assert ask(cluster, "SELECT 1") == 1


def test_the_last_user_stops_it_and_not_the_first(places: Places, cluster: Cluster) -> None:
    second = Cluster(cluster.place, cluster.log, places.run)
    with cluster.shared():
        with second.shared():
            pass
        assert ask(cluster, "SELECT 1") == 1
    assert not cluster.is_alive()


def test_a_cluster_that_was_made_only_by_half_is_made_anew(places: Places) -> None:
    half = Cluster(places.data / "half", places.log("half"), places.run, is_for_tests=True)
    unfinished = places.data / "half.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    try:
        with half.shared():
            assert ask(half, "SELECT 1") == 1
        assert not unfinished.exists()
    finally:
        half.remove()


def test_a_deep_folder_gets_a_short_socket(places: Places) -> None:
    deep = places.data / ("d" * 60) / ("e" * 60)
    cluster = Cluster(deep / "postgresql", places.log("deep"), deep / "run", is_for_tests=True)
    assert len(os.fsencode(cluster.socket)) < 90
    deep.mkdir(parents=True)
    try:
        with cluster.shared():
            assert ask(cluster, "SELECT 1") == 1
    finally:
        cluster.remove()


def may_enter_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if everything else were closed to the user that the database runs as, as below /root."""
    monkeypatch.setattr(module, "UNREACHABLE_HOME", folder)
    monkeypatch.setattr(accounts.Account, "may_enter", lambda _self, asked: asked.is_relative_to(folder))
    monkeypatch.setattr(accounts.Account, "may_read", lambda _self, asked: asked.is_relative_to(folder))


def test_where_its_user_may_not_go_it_lies_elsewhere_with_a_link(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = places.data / "elsewhere"
    cluster = Cluster(places.data / "linked", places.log("linked"), places.run, is_for_tests=True)
    may_enter_only(elsewhere, monkeypatch)
    cluster._choose_home()
    assert cluster.place.is_symlink()
    assert cluster.home.parent == elsewhere
    postgres = cluster.program("postgres")
    assert postgres.is_relative_to(elsewhere)
    version = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("postgres (PostgreSQL) 18"), "the copy finds its libraries"
    cluster.remove()
    assert not cluster.place.is_symlink()


def test_where_its_user_may_go_nowhere_it_stays_and_is_helped(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose / is closed, as debootstrap makes them."""
    cluster = Cluster(places.data / "stays", places.log("stays"), places.run, is_for_tests=True)
    may_enter_only(Path("/nowhere"), monkeypatch)
    monkeypatch.setattr(module, "UNREACHABLE_HOME", places.data / "closed")
    cluster._choose_home()
    assert cluster.home == places.data / "stays"
    monkeypatch.setattr(accounts.Account, "is_ours", os.geteuid() != 0)
    with cluster.shared():
        assert ask(cluster, "SELECT 1") == 1
    cluster.remove()


def test_data_of_another_major_version_is_told(places: Places, cluster: Cluster) -> None:
    with cluster.shared():
        pass
    version = cluster.home / "PG_VERSION"
    kept = version.read_text()
    version.write_text("9\n")
    try:
        with pytest.raises(Trouble, match=r"was made by PostgreSQL 9.*--reset"):
            cluster.start()
    finally:
        version.write_text(kept)


def test_a_disk_without_room_is_told_before_anything_is_made(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM_FOR_A_NEW_CLUSTER", 1 << 62)
    cluster = Cluster(places.data / "no-room", places.log("no-room"), places.run, is_for_tests=True)
    with pytest.raises(Trouble, match="Free some space"):
        cluster.start()
    assert not cluster.place.exists()


def test_a_server_that_finds_the_disk_full_is_told_in_a_sentence(places: Places, cluster: Cluster) -> None:
    """The end of the server's log says why it did not start; the person reads what to do."""
    full = Cluster(cluster.place, places.log("full"), places.run, is_for_tests=True)
    full.log.write_text('FATAL:  could not write lock file "postmaster.pid": No space left on device\n')
    assert "is full. Free some space" in str(full.failure("PostgreSQL did not start"))
