"""Lock files: exact versions with hashes and without addresses, and the proof that they fit pyproject.toml."""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from lbf_portal.workbench.places import PROJECT
from lbf_portal.workbench.steps import step
from lbf_portal.workbench.trouble import Trouble

FOLDER = PROJECT / "locks"
FIRST_LINE = "# ./portal lock made this from pyproject.toml "
# Which dependency groups a lock holds beside the portal's own dependencies,
# and which lock it must agree with.
CONTENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "runtime": ((), ""),
    "demo": (("demo",), "runtime"),
    "dev": (("demo", "dev"), "demo"),
    "node": (("node",), ""),
}
WITHOUT_THE_PORTAL = frozenset({"node"})


def declared(name: str) -> list[str]:
    """The requirements that this lock must hold, from pyproject.toml."""
    project: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups, _ = CONTENTS[name]
    own = [] if name in WITHOUT_THE_PORTAL else list(project["project"]["dependencies"])
    return own + [requirement for group in groups for requirement in project["dependency-groups"][group]]


def mark(name: str) -> str:
    """A lock's first line: it changes when the requirements do."""
    return FIRST_LINE + hashlib.sha256(json.dumps(sorted(declared(name))).encode()).hexdigest()[:16]


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def write(arguments: list[str]) -> int:
    """`./portal lock [--upgrade]`: resolve anew, keeping the versions that still fit."""
    upgrade = ["--upgrade"] if "--upgrade" in arguments else []
    for name, (_, agrees_with) in CONTENTS.items():
        with step(f"locks/{name}.txt"):
            _resolve(name, upgrade, agrees_with)
    return 0


def _resolve(name: str, upgrade: list[str], agrees_with: str) -> None:
    path = path_of(name)
    fresh = path.with_suffix(".fresh")  # whoever installs meanwhile finds the old file whole
    shutil.copy(path, fresh)
    program = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11"]
    program += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", *upgrade]
    program += ["--constraints", str(path_of(agrees_with))] if agrees_with else []
    program += ["--output-file", str(fresh)]
    done = subprocess.run(program, input="\n".join(declared(name)), capture_output=True, text=True, cwd=PROJECT, check=False)
    if done.returncode:
        fresh.unlink()
        raise Trouble(f"locks/{name}.txt could not be resolved:\n{done.stderr.strip()}")
    pinned = "".join(line for line in fresh.read_text().splitlines(keepends=True) if not line.startswith("#"))
    fresh.write_text(f"{mark(name)}\n{pinned}")
    fresh.rename(path)


def faults() -> list[str]:
    """What does not fit, in sentences; empty when all is well."""
    return [fault for name in CONTENTS for fault in _faults_of(name)]


def _faults_of(name: str) -> list[str]:
    text = path_of(name).read_text()
    lines = text.splitlines()
    found = []
    if lines[:1] != [mark(name)]:
        found.append(f"locks/{name}.txt was not made from the requirements in pyproject.toml: run ./portal lock")
    if "://" in text or "--index" in text or "--find-links" in text:
        found.append(f"locks/{name}.txt contains an address: run ./portal lock")
    pins = [line for line in lines if line and not line.startswith(("#", " "))]
    found += [f"locks/{name}.txt: '{pin}' has no exact version" for pin in pins if "==" not in pin]
    found += [f"locks/{name}.txt: '{pin}' has no hash" for pin in pins if not pin.endswith("\\")]
    _, agrees_with = CONTENTS[name]
    if agrees_with:
        versions = _versions(path_of(agrees_with).read_text())
        differing = sorted(f"{package} {version}" for package, version in versions - _versions(text))
        found += [f"locks/{name}.txt does not hold {pin} of locks/{agrees_with}.txt: run ./portal lock" for pin in differing]
    return found


def _versions(text: str) -> set[tuple[str, str]]:
    pins = (
        line.split(";")[0].removesuffix("\\").strip() for line in text.splitlines() if line and not line.startswith(("#", " "))
    )
    return {(package, version) for package, _, version in (pin.partition("==") for pin in pins)}
