"""`docs/states.md`, drawn from the tables of moves: `.venv/bin/python -m lbf_portal.workbench.states` writes it anew."""

import os
from pathlib import Path
from types import ModuleType
from typing import Any

from lbf_portal.workbench.places import PROJECT

PAGE = PROJECT / "docs" / "states.md"
HEAD = """# States and moves

Drawn from `applications/states.py` and `monitoring/states.py` by `.venv/bin/python -m lbf_portal.workbench.states`; a test
compares. The words are those that people read, the verbs those of `transitions.py`. A move needs one of its roles in the very
case (`permissions.py`); the database refuses every other change of state.
"""


def page() -> str:
    """The page as the tables want it now. Django must be set up."""
    from applications import states as of_a_case
    from monitoring import states as of_an_effort

    parts = [HEAD, section("A case", of_a_case, "DRAFT"), section("A running effort", of_an_effort, "PENDING")]
    return "\n".join(parts)


def section(title: str, machine: ModuleType, initial: str) -> str:
    """One machine: the picture, and the moves with who may make them."""
    return f"## {title}\n\n{diagram(machine, initial)}\n{table(machine)}"


def diagram(machine: ModuleType, initial: str) -> str:
    """Mermaid; GitHub and most editors show it. What one move does from many states is one arrow a state."""
    names = [f'    state "{state.label}" as {state.value}' for state in machine.State]
    arrows = [
        f"    {source} --> {move.target}: {move.name}" for move in machine.MOVES for source in in_order(machine, move.sources)
    ]
    left = {source for move in machine.MOVES for source in move.sources}
    ends = [f"    {state.value} --> [*]" for state in machine.State if state not in left]
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, f"    [*] --> {initial}", *arrows, *ends, "```", ""])


def table(machine: ModuleType) -> str:
    """Every move: the word on its button, from where, to where, by whom."""
    lines = ["| Move | On the button | From | To | By | Reason |", "|---|---|---|---|---|---|"]
    for move in machine.MOVES:
        sources = ", ".join(str(machine.State(source).label) for source in in_order(machine, move.sources))
        roles = ", ".join(sorted(move.by))
        reason = "needed" if move.needs_reason else ""
        target = machine.State(move.target).label
        lines.append(f"| `{move.name}` | {move.label} | {sources} | {target} | {roles} | {reason} |")
    return "\n".join([*lines, ""])


def in_order(machine: ModuleType, some: Any) -> list[str]:
    """States as the machine lists them."""
    return [state.value for state in machine.State if state in some]


def write(path: Path = PAGE) -> None:
    """Draw the page anew."""
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "lbf_portal.settings.test"
    os.environ.setdefault("LBF_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")  # nothing is asked of it

    import django

    django.setup()
    write()
