"""The commands behind `./portal`. Each imports what it needs when it is called, so that every one starts quickly."""

import errno
import os
import sys
from collections.abc import Callable

import psycopg

from lbf_portal.workbench.commands import NAMES, help_text
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.steps import complain, tell
from lbf_portal.workbench.trouble import Trouble, disk_full


def demo(arguments: list[str]) -> int:
    from lbf_portal.workbench import demo as command

    return command.run(arguments)


def stop(_arguments: list[str]) -> int:
    from lbf_portal.workbench import demo as command

    return command.stop_running(Places.from_environment())


def logs(arguments: list[str]) -> int:
    from lbf_portal.workbench import inside

    return inside.logs(arguments)


def bench(arguments: list[str]) -> int:
    from lbf_portal.workbench import bench as command

    return command.run(arguments)


def test(arguments: list[str]) -> int:
    from lbf_portal.workbench import testing

    return testing.run(arguments)


def check(arguments: list[str]) -> int:
    from lbf_portal.workbench import checks

    return checks.run(arguments)


def format_(_arguments: list[str]) -> int:
    from lbf_portal.workbench import checks

    return checks.run_format()


def types(_arguments: list[str]) -> int:
    from lbf_portal.workbench import checks

    return checks.run_types()


def messages(_arguments: list[str]) -> int:
    from lbf_portal.workbench import catalogues

    catalogues.update()
    missing = catalogues.check()
    for fault in missing:
        tell(str(fault))
    tell(f"{len(missing)} messages to see to in locale/en." if missing else "Both languages are complete.")
    return 1 if missing else 0


def lock(arguments: list[str]) -> int:
    from lbf_portal.workbench import locks

    return locks.write(arguments)


def migrate(arguments: list[str]) -> int:
    from lbf_portal.workbench import inside

    return inside.manage(["migrate", *arguments], as_owner=True)


def shell(arguments: list[str]) -> int:
    from lbf_portal.workbench import inside

    return inside.manage(["shell", *arguments])


def manage(arguments: list[str]) -> int:
    from lbf_portal.workbench import inside

    return inside.manage(arguments)


def psql(arguments: list[str]) -> int:
    from lbf_portal.workbench import inside

    return inside.psql(arguments)


def help_(_arguments: list[str]) -> int:
    tell(help_text())
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "stop": stop,
    "logs": logs,
    "bench": bench,
    "test": test,
    "check": check,
    "format": format_,
    "types": types,
    "messages": messages,
    "lock": lock,
    "migrate": migrate,
    "shell": shell,
    "psql": psql,
    "manage": manage,
    "help": help_,
}
assert COMMANDS.keys() == NAMES, "every command is in the help, and every line of the help is a command"


def main(arguments: list[str]) -> int:
    """Run one command; whatever goes wrong is a sentence and an exit status."""
    os.chdir(PROJECT)
    name, *rest = arguments or ["help"]
    command = COMMANDS.get(name)
    if command is None:
        complain(f"there is no command '{name}'. ./portal help lists them.")
        return 2
    try:
        return command(rest)
    except Trouble as trouble:
        complain(str(trouble))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
    except psycopg.Error as error:
        complain(f"The database refused: {str(error).strip()}")
    except OSError as error:
        complain(_sentence(error))
    return 1


def _sentence(error: OSError) -> str:
    data = Places.from_environment().data
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return str(disk_full(data))
    if isinstance(error, PermissionError):
        return (
            f"{error.filename} may not be read or written by this user. If another user (root?) made {data}, "
            "run this as that user, or set LBF_DATA_DIR to a folder of your own."
        )
    if error.errno == errno.EROFS:
        return f"{error.filename} lies on a disk that cannot be written. Set LBF_DATA_DIR to a folder that can."
    raise error
