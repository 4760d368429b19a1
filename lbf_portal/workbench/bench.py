"""`./portal bench`: how quickly the running demo answers, page by page; with a subject, what that subject bears."""

import argparse
import statistics
import subprocess
import sys

from lbf_portal.workbench import database, holding, parts, walk
from lbf_portal.workbench.demo import SETTINGS, read_people
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.steps import tell
from lbf_portal.workbench.trouble import Trouble


def run(arguments: list[str]) -> int:
    if arguments[:1] == ["ledger"]:
        from lbf_portal.workbench import bench_ledger

        return bench_ledger.run(arguments[1:])
    if arguments[:1] == ["transfer"]:
        from lbf_portal.workbench import bench_transfer

        return bench_transfer.run(arguments[1:])
    if arguments[:1] == ["submit"]:
        from lbf_portal.workbench import bench_submit

        return bench_submit.run(arguments[1:])
    return run_pages(arguments)


def run_pages(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./portal bench", description="How quickly the running demo answers.")
    parser.add_argument("--times", type=int, default=20, help="how often each page is fetched (20)")
    times: int = parser.parse_args(arguments).times
    places = Places.from_environment()
    found = holding.running(places)
    if not found or times < 1:
        raise Trouble("No demo runs with this data folder: start ./portal demo in another terminal first.")
    site = f"http://127.0.0.1:{found['port']}"
    tell(f"{site}, each page {times} times, one after the other")
    tell(f"  {'role':<42} {'address':<28} {'median':>8} {'slowest':>8} {'bytes':>8}")
    is_good = True
    for person in people(places):
        visitor = walk.Visitor(site)
        fault = visitor.sign_in(person)
        if fault:
            tell(f"  {person.label:<42} {fault}")
            is_good = False
            continue
        answers = [visitor.look_at(person, person.start) for _ in range(times)]
        is_good = is_good and all(answer.is_good for answer in answers)
        spent = sorted(answer.milliseconds for answer in answers)
        line = f"  {person.label:<42} {person.start:<28} {statistics.median(spent):>5.0f} ms {spent[-1]:>5.0f} ms"
        tell(f"{line} {answers[-1].size:>8}")
    return 0 if is_good else 1


def people(places: Places) -> list[walk.Person]:
    with database.in_use(places) as used:
        asked = subprocess.Popen(
            [sys.executable, "manage.py", "demo_people", "--json"],
            cwd=PROJECT,
            env=parts.marked_environment(places, SETTINGS, used.as_portal()),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return read_people(asked)
