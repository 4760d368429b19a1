"""The list of commands. It imports nothing of ours, so that `./portal help` also answers where nothing is installed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    name: str
    arguments: str
    summary: str


GROUPS: dict[str, tuple[Command, ...]] = {
    "Try it": (
        Command("demo", "[--port N] [--reset] [--check]", "the portal with demo data on http://127.0.0.1:8000; Ctrl-C stops it"),
        Command("stop", "", "stop a demo that runs elsewhere"),
        Command("logs", "[part]", "what web, worker, postgresql and the set-up wrote"),
        Command("bench", "[--times N]", "how quickly the running demo answers, page by page"),
        Command("bench", "transfer", "10,000 cases moved to the next rules, the worker killed twice"),
        Command("bench", "ledger", "postings a second, and reading a ledger of up to a million entries"),
    ),
    "Before each commit": (
        Command("test", "[pytest arguments]", "all tests, the browser tests included"),
        Command("check", "[name]", "format, lint, types, import contracts, migrations, lock files, languages"),
        Command("format", "", "write Python and templates the way `check` wants them"),
        Command("types", "", "mypy alone"),
        Command("messages", "", "collect texts into locale/ and tell which lack English"),
        Command("lock", "", "write locks/ anew from pyproject.toml"),
    ),
    "Look inside": (
        Command("migrate", "[arguments]", "bring the demo's database up to date"),
        Command("shell", "", "Python with the demo's data, as the portal's own database role"),
        Command("psql", "[--owner] [arguments]", "SQL on the demo's database"),
        Command("manage", "<command>", "any manage.py command on the demo's data"),
        Command("help", "", "this list"),
    ),
}
NAMES = frozenset(command.name for commands in GROUPS.values() for command in commands)


def help_text() -> str:
    lines = ["./portal COMMAND"]
    for group, commands in GROUPS.items():
        lines += ["", group]
        lines += [f"  {f'{command.name} {command.arguments}'.strip():<38}{command.summary}" for command in commands]
    lines += [
        "",
        "State lives in LBF_DATA_DIR (.data/). LBF_DATABASE_URL names another PostgreSQL (15 to 18). More: docs/operation.md",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(help_text())
