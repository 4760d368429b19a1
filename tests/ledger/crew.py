"""Real processes that post to one year at once, and post again until they are answered, whoever is killed meanwhile.

`Crew` is the tests' end: it hands out numbers, each the number of an attempt, and reads the answers. The other end is
`python -m tests.ledger.crew WORKERS FOLDER`: a leader that forks the workers and puts a new one in the place of one that
was killed. In the folder each worker notes what it has in hand, so that its successor goes on with just that.
"""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lbf_portal.workbench import processes
from lbf_portal.workbench.attached import dies_with_parent

ROOT = Path(__file__).parents[2]
YEAR = 2026
AMOUNT = Decimal(10_000_000)
# Each names its connection, so that a test finds the process behind a session of the database.
NAMED = "crew-"
BYTES = 4  # of a number in the pipe; what is read by one is not read by another
PATIENCE = 90.0
# A worker is killed after posting one of these, before it can tell: what is committed is then asked for again.
UNTOLD = 4


def key_of(number: int) -> str:
    return f"crew:{number}"


@dataclass(frozen=True)
class Crew:
    """The tests' end."""

    leader: subprocess.Popen[bytes]
    folder: Path

    def hand_out(self, numbers: Iterable[int]) -> None:
        assert self.leader.stdin is not None
        self.leader.stdin.write(b"".join(number.to_bytes(BYTES, "big") for number in numbers))
        self.leader.stdin.flush()

    def answers(self) -> dict[int, str]:
        """What each attempt was told; asked for twice, it must have been told the same."""
        told: dict[int, str] = {}
        for line in (self.folder / "answers").read_text(encoding="utf-8").splitlines():
            number, _, answer = line.partition(" ")
            assert told.setdefault(int(number), answer) == answer
        return told

    def until_answered(self, count: int) -> None:
        def is_done() -> bool:
            assert self.leader.poll() is None, "the crew has given up; what it said stands above"
            return len(self.answers()) >= count

        assert processes.wait_until(is_done, seconds=PATIENCE, pause=0.01), f"{len(self.answers())} of {count} are answered"

    def untold(self) -> list[int]:
        """Attempts whose worker was killed after posting, before it could tell."""
        return [int(path.name.removeprefix("untold-")) for path in self.folder.glob("untold-*")]


@contextmanager
def crew(workers: int, folder: Path, environment: Mapping[str, str], *, is_mortal: bool = False) -> Iterator[Crew]:
    """A crew for the length of a test; `is_mortal`: some are killed in the worst moment."""
    (folder / "answers").touch()
    program = [sys.executable, "-m", "tests.ledger.crew", str(workers), str(folder), *["mortal"] * is_mortal]
    with subprocess.Popen(
        program,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - it only asks the kernel for a signal
    ) as leader:
        try:
            yield Crew(leader, folder)
        except BaseException:
            leader.kill()
            raise
        assert leader.stdin is not None
        leader.stdin.close()
        assert leader.wait(timeout=PATIENCE) == 0


# The other end.


def lead(workers: int, folder: Path, *, is_mortal: bool) -> int:
    """Keep so many workers until nothing more is handed out."""
    places = {_fork(place, folder, is_mortal=is_mortal): place for place in range(workers)}
    while places:
        process, status = os.wait()
        place = places.pop(process)
        if os.WIFSIGNALED(status):
            places[_fork(place, folder, is_mortal=is_mortal)] = place
        elif status:
            return 1
    return 0


def _fork(place: int, folder: Path, *, is_mortal: bool) -> int:
    follow = dies_with_parent(signal.SIGKILL)
    if process := os.fork():
        return process
    follow()
    status = 1
    try:
        work(folder / f"hand-{place}", folder, is_mortal=is_mortal)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)  # not back into the leader's loop


def work(hand: Path, folder: Path, *, is_mortal: bool) -> None:
    """Post what is handed out; first what whoever stood here before had in hand."""
    os.environ["PGAPPNAME"] = f"{NAMED}{os.getpid()}"
    _until_connected()
    if hand.exists():
        _answer(int(hand.read_text()), hand, folder, is_mortal=is_mortal)
    while given := os.read(0, BYTES):
        number = int.from_bytes(given, "big")
        hand.write_text(str(number))
        _answer(number, hand, folder, is_mortal=is_mortal)


def _answer(number: int, hand: Path, folder: Path, *, is_mortal: bool) -> None:
    answer = post(number)
    if is_mortal and number % UNTOLD == 0 and _is_first(folder / f"untold-{number}"):
        os.kill(os.getpid(), signal.SIGKILL)
    with (folder / "answers").open("ab", buffering=0) as answers:
        answers.write(f"{number} {answer}\n".encode())
    hand.unlink()


def _is_first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def post(number: int) -> str:
    """Commit ten million for a case of its own, again and again until the ledger says yes or no."""
    from django.db import InterfaceError, OperationalError

    from accounts.actors import SYSTEM
    from lbf_portal.lib.refusals import RuleBroken
    from ledger import posting
    from ledger.kinds import Money

    while True:
        try:
            entry = posting.commit(
                YEAR,
                case_reference=str(200000 + number),
                money=Money.SOCIAL,
                amount=AMOUNT,
                key=key_of(number),
                on=datetime.date(YEAR, 11, 22),
                by=SYSTEM,
                legal_basis="Almenboligloven § 91 a, stk. 1",
                reason="Bestyrelsens beslutning",
            )
        except RuleBroken as refused:
            return str(refused)
        except (OperationalError, InterfaceError):
            _until_connected()
        else:
            return f"entry {entry.pk}"


def _until_connected() -> None:
    from django.db import OperationalError, connection

    def is_connected() -> bool:
        connection.close()
        try:
            connection.ensure_connection()
        except OperationalError:
            return False
        return True

    assert processes.wait_until(is_connected, seconds=PATIENCE, pause=0.02), "the database does not come back"


if __name__ == "__main__":
    import django

    django.setup()
    from ledger import posting as _  # noqa: F401 - read before the forks, not in each

    sys.exit(lead(int(sys.argv[1]), Path(sys.argv[2]), is_mortal=sys.argv[3:] == ["mortal"]))
