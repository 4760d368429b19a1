"""`./portal check`, `format` and `types`: what holds before every commit. All checks run, even when one fails."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lbf_portal.workbench import leftovers, locks
from lbf_portal.workbench.places import PROJECT
from lbf_portal.workbench.steps import WIDTH, tell
from lbf_portal.workbench.trouble import Trouble

PYTHON = (sys.executable, "-m")
# Binaries beside this Python; they are no Python modules.
DJADE = str(Path(sys.executable).parent / "djade")
CONTRACTS = (
    sys.executable,
    "-c",
    "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
)
# Nothing answers there: whether migrations are missing is read from the code.
NO_DATABASE = {"LBF_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}


@dataclass(frozen=True)
class Outcome:
    is_good: bool
    words: str


@dataclass(frozen=True)
class Check:
    name: str
    title: str
    run: Callable[[], Outcome]


def _program(*words: str, environment: dict[str, str] | None = None) -> Outcome:
    done = subprocess.run(
        words,
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lbf_portal.settings.test", **NO_DATABASE, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode == 0, (done.stdout + done.stderr).strip())


def _sentences(found: list[str]) -> Outcome:
    return Outcome(not found, "\n".join(found))


def _python_files() -> list[str]:
    return leftovers.with_suffix(".py")


def _templates() -> list[str]:
    return leftovers.with_suffix(".html", "templates", "lbf_portal")


def types() -> Outcome:
    return _program(*PYTHON, "mypy", ".")


def _templates_are_formatted() -> Outcome:
    files = _templates()
    if not files:
        return Outcome(is_good=True, words="")
    outcomes = [_program(DJADE, "--check", "--target-version", "5.2", *files), _program(*PYTHON, "djhtml", "--check", *files)]
    return Outcome(all(outcome.is_good for outcome in outcomes), "\n".join(outcome.words for outcome in outcomes))


def _is_ready_for_production() -> Outcome:
    from lbf_portal.workbench import assets

    try:
        assets.build()  # Django asks for the folder of built files; a fresh checkout has none
    except assets.AssetsNotBuilt as failure:
        return Outcome(is_good=False, words=str(failure))
    environment = {
        "DJANGO_SETTINGS_MODULE": "lbf_portal.settings.production",
        "LBF_SECRET_KEY": secrets.token_urlsafe(60),
        "LBF_ALLOWED_HOSTS": "portal.example",
        "LBF_CLAMD_SOCKET": "scanner:3310",
    }
    return _program(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=environment)


def _messages_are_complete() -> Outcome:
    from lbf_portal.workbench import catalogues

    return _sentences([str(fault) for fault in catalogues.check()])


CHECKS = (
    Check("lint", "Lint (ruff)", lambda: _program(*PYTHON, "ruff", "check", ".")),
    Check("format", "Format (ruff)", lambda: _program(*PYTHON, "ruff", "format", "--check", ".")),
    Check("types", "Types (mypy, strict)", types),
    Check("imports", "Import contracts", lambda: _program(*CONTRACTS)),
    Check(
        "django",
        "Written for Django 5.2",
        lambda: _program(*PYTHON, "django_upgrade", "--target-version", "5.2", "--check", *_python_files()),
    ),
    Check("templates", "Format of templates (djade, djhtml)", _templates_are_formatted),
    Check(
        "migrations",
        "No migration is missing",
        lambda: _program(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"),
    ),
    Check("deploy", "Production settings (check --deploy)", _is_ready_for_production),
    Check("locks", "Lock files fit pyproject.toml", lambda: _sentences(locks.faults())),
    Check("messages", "Both languages are complete", _messages_are_complete),
    Check("leftovers", "Nothing left behind", lambda: _sentences(leftovers.faults())),
)


def run(arguments: list[str]) -> int:
    unknown = set(arguments) - {check.name for check in CHECKS}
    if unknown:
        raise Trouble(f"There is no check '{unknown.pop()}'. There are: {', '.join(check.name for check in CHECKS)}.")
    failed: list[tuple[Check, Outcome]] = []
    for check in CHECKS:
        if arguments and check.name not in arguments:
            continue
        print(f"  {check.title:<{WIDTH}}", end="", flush=True)
        began = time.monotonic()
        outcome = check.run()
        verdict = "ok" if outcome.is_good else "FAILED"
        tell(f"{time.monotonic() - began:6.1f} s   {verdict}")
        if not outcome.is_good:
            failed.append((check, outcome))
    for check, outcome in failed:
        tell(f"\n{check.title} ({check.name}):\n{outcome.words}")
    tell(f"\n{len(failed)} failed: {', '.join(check.name for check, _ in failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def run_types() -> int:
    outcome = types()
    tell(outcome.words)
    return 0 if outcome.is_good else 1


def run_format() -> int:
    """Write everything the way `check` wants it; what a formatter cannot mend is told by `check`."""
    templates = _templates()
    outcomes = [
        _program(*PYTHON, "django_upgrade", "--target-version", "5.2", "--exit-zero-even-if-changed", *_python_files()),
        _program(*PYTHON, "ruff", "check", "--fix-only", "--quiet", "."),
        _program(*PYTHON, "ruff", "format", "."),
    ]
    if templates:
        # The first says with its status that it changed something; that is no failure here.
        _program(DJADE, "--target-version", "5.2", *templates)
        outcomes.append(_program(*PYTHON, "djhtml", *templates))
    for outcome in outcomes:
        if outcome.words:
            tell(outcome.words)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1
