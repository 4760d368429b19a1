"""What `./portal demo --check` fails for, and what stops a demo on a full disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from lbf_portal.workbench import demo, parts, processes, trouble, walk
from lbf_portal.workbench.places import Places

OFFICER = walk.Person("sagsbehandler@lbf.example", "Sagsbehandler", "/")
GOOD = walk.Answer(OFFICER, "/", 200, 30.0, 9000)
LOGS = Path("/tmp/logs")  # only named


def test_pages_that_answer_in_little_memory_are_no_fault() -> None:
    assert demo.faults([GOOD], demo.MOST_MEMORY, LOGS) == []


def test_too_much_memory_is_a_fault_by_itself() -> None:
    [fault] = demo.faults([GOOD], 612_400_000, LOGS)
    assert fault == "The portal takes 612 MB of memory. It must not take more than 600 MB."


@pytest.mark.parametrize("answers", [[], [GOOD, walk.Answer(OFFICER, "/cases/", 500, 30.0, 900)]])
def test_a_page_that_does_not_answer_is_a_fault_and_so_is_no_page_at_all(answers: list[walk.Answer]) -> None:
    [fault] = demo.faults(answers, 0, LOGS)
    assert "did not answer as they should" in fault
    assert str(LOGS) in fault


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> demo.Demo:
    """A demo on a data folder of its own, none of whose parts has started."""
    monkeypatch.setenv("LBF_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(demo.Demo, "_complain_of_the_dead", lambda _self: None)
    return demo.Demo(Places.from_environment(), 8000, began=0.0)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def usage(_folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=trouble.ROOM_TO_GO_ON - 1)

    monkeypatch.setattr(shutil, "disk_usage", usage)


@pytest.mark.parametrize(("memory", "status"), [(demo.MOST_MEMORY, 0), (demo.MOST_MEMORY + 1, 1)])
def test_the_check_ends_with_what_it_found(
    memory: int, status: int, watched: demo.Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(walk, "first_pages", lambda _site, _people: [GOOD])
    monkeypatch.setattr(processes, "memory", lambda _processes: memory)

    assert watched.check() == status

    said = capsys.readouterr().out
    assert ("It must not take more than 600 MB." in said) == bool(status)
    assert ("All answered." in said) != bool(status)


@pytest.mark.usefixtures("full_disk")
def test_a_disk_that_fills_while_the_demo_runs_stops_it_with_what_to_do(watched: demo.Demo) -> None:
    with pytest.raises(trouble.Trouble, match=r"is full\. Free some space there"):
        watched.watch()


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_nothing_is_begun(watched: demo.Demo) -> None:
    with pytest.raises(trouble.Trouble, match="nothing that was saved is lost"):
        watched.start(is_reset=False)
    assert watched.parts == []


@pytest.mark.usefixtures("full_disk")
def test_what_died_of_a_full_disk_is_told_though_its_log_could_not_say_so(tmp_path: Path) -> None:
    crash = parts.crashed("PostgreSQL", "stopped", tmp_path / "postgresql.log", tmp_path)
    assert "is full. Free some space there" in str(crash)
