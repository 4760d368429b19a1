"""Commands that look into the demo's data: manage.py, psql, logs."""

import os
import signal
import subprocess
import sys

from lbf_portal.workbench import database, parts, processes
from lbf_portal.workbench.demo import SETTINGS, log_of
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.steps import tell
from lbf_portal.workbench.trouble import Trouble

LINES = "60"


def _run(program: list[str], environment: dict[str, str]) -> int:
    """Ctrl-C belongs to the program in the foreground, not to us."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(program, cwd=PROJECT, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def manage(arguments: list[str], *, as_owner: bool = False) -> int:
    """manage.py with the demo's settings: as the portal's own role, or as the owner who may change the schema."""
    if not arguments:
        raise Trouble("Which command of manage.py? For example: ./portal manage showmigrations")
    places = Places.from_environment()
    places.make()
    with database.in_use(places) as used:
        address = used.as_owner() if as_owner else used.as_portal()
        environment = parts.marked_environment(places, SETTINGS, address)
        del environment[processes.MARK]  # no part of a demo: `./portal stop` leaves it alone
        return _run([sys.executable, "manage.py", *arguments], environment)


def psql(arguments: list[str]) -> int:
    """The wheel's own psql; `--owner` signs in as the owner of the schema."""
    places = Places.from_environment()
    places.make()
    is_owner = "--owner" in arguments
    rest = [argument for argument in arguments if argument != "--owner"]
    with database.in_use(places) as used:
        environment = dict(os.environ)
        if used.app_role and not is_owner:
            environment["PGOPTIONS"] = f"-c role={used.app_role}"
        address = used.owner_address if is_owner else used.app_address
        return _run([str(database.own_cluster(places).program("psql")), address, *rest], environment)


def logs(arguments: list[str]) -> int:
    """The end of one log, followed while it grows where a person looks on; without a name the end of each."""
    places = Places.from_environment()
    if arguments:
        follow = ["-F"] if sys.stdout.isatty() else []
        return _run(["tail", "-n", LINES, *follow, str(log_of(places, arguments[0]))], dict(os.environ))
    names = sorted(path.stem for path in places.logs.glob("*.log"))
    if not names:
        tell(f"Nothing was logged in {places.logs} yet.")
    for name in names:
        path = places.log(name)
        tell(f"== {name}: {path}")
        subprocess.run(["tail", "-n", "5", str(path)], check=False)
    return 0
