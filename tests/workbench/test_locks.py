"""The lock files fit pyproject.toml, and a check says so."""

import shutil
from pathlib import Path

import pytest

from lbf_portal.workbench import locks
from lbf_portal.workbench.places import PROJECT


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of pyproject.toml and the lock files, to change at will."""
    shutil.copytree(locks.FOLDER, tmp_path / "locks")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(locks, "PROJECT", tmp_path)
    monkeypatch.setattr(locks, "FOLDER", tmp_path / "locks")
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_lock_files_fit() -> None:
    assert locks.faults() == []


def test_a_new_requirement_without_a_new_lock_is_told(copied: Path) -> None:
    change(copied / "pyproject.toml", '"celery', '"something-new",\n  "celery')
    assert [fault for fault in locks.faults() if fault.startswith("locks/runtime.txt was not made from the requirements")]


def test_a_download_address_is_told(copied: Path) -> None:
    file = copied / "locks" / "runtime.txt"
    file.write_text(file.read_text() + "--index-url https" + "://packages.example/simple\n")
    assert "locks/runtime.txt contains an address: run ./portal lock" in locks.faults()


def test_a_package_without_a_hash_is_told(copied: Path) -> None:
    file = copied / "locks" / "node.txt"
    file.write_text(file.read_text() + "left-pad==1.3.0\n")
    assert "locks/node.txt: 'left-pad==1.3.0' has no hash" in locks.faults()


def test_locks_that_disagree_are_told(copied: Path) -> None:
    runtime = (copied / "locks" / "runtime.txt").read_text()
    pin = next(line.split()[0] for line in runtime.splitlines() if line.startswith("celery=="))
    change(copied / "locks" / "demo.txt", pin, "celery==1.0")
    assert any("does not hold celery" in fault for fault in locks.faults())
