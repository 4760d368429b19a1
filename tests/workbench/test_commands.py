"""`./portal` itself: a shell script that prepares the environment and says what is wrong with a machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lbf_portal.workbench.commands import GROUPS
from lbf_portal.workbench.places import PROJECT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone, as far as the script looks at it: nothing is installed."""
    copy = tmp_path / "a clone"
    (copy / "lbf_portal" / "workbench").mkdir(parents=True)
    shutil.copy(PROJECT / "portal", copy)
    shutil.copytree(PROJECT / "locks", copy / "locks")
    shutil.copy(PROJECT / "lbf_portal" / "workbench" / "commands.py", copy / "lbf_portal" / "workbench")
    return copy


def portal(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it from another folder, without what this machine's user has configured for pip."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "LBF_"))}
    return subprocess.run(
        [str(checkout / "portal"), *arguments],
        cwd="/",
        env=clean | {"LBF_DATA_DIR": str(checkout / "data"), "PIP_CONFIG_FILE": os.devnull} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_answers_where_nothing_is_installed(checkout: Path) -> None:
    done = portal(checkout, "help")
    assert done.returncode == 0
    for commands in GROUPS.values():
        for command in commands:
            assert f"  {command.name} " in done.stdout
    assert not (checkout / ".venv").exists()


def test_a_command_that_is_not_there_gets_the_list(checkout: Path) -> None:
    done = portal(checkout, "tset")
    assert done.returncode == 2
    assert "there is no command 'tset'" in done.stderr
    assert "  test " in done.stdout


def test_every_command_of_the_help_is_known_to_the_script() -> None:
    script = (PROJECT / "portal").read_text()
    known = {word for line in script.splitlines() if "lock=d" in line and ")" in line for word in line.split(")")[0].split(" | ")}
    offered = {command.name for commands in GROUPS.values() for command in commands} - {"help"}
    assert {word.strip() for word in known} == offered


def test_a_python_that_is_too_old_is_told(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "readlink", "dirname", "cat", "sha256sum", "mkdir", "flock", "date", "rm"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = portal(checkout, "demo", PATH=str(tools))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_missing_venv_module_is_told_in_one_line(checkout: Path, tmp_path: Path) -> None:
    """Debian's python3 without python3-venv: there is no ensurepip."""
    bare = tmp_path / "python3"
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    done = portal(checkout, "demo", LBF_PYTHON=str(bare))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr.strip().splitlines()[-1]


def test_no_network_at_the_installation_is_told(checkout: Path) -> None:
    """And the next run begins again where this one ended."""
    done = portal(checkout, "demo", LBF_PYTHON=sys.executable, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")
    assert done.returncode == 1
    assert "the package index did not answer. Check network and proxy" in done.stderr
    assert not (checkout / ".venv" / "installed-demo").exists()


def test_a_data_folder_that_may_not_be_made_is_told(checkout: Path) -> None:
    (checkout / "file").write_text("")
    done = portal(checkout, "demo", LBF_DATA_DIR=str(checkout / "file" / "data"))
    assert done.returncode == 1
    assert "choose another with LBF_DATA_DIR" in done.stderr
