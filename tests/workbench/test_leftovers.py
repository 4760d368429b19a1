"""What must not be left behind is found; what may stand is left alone."""

import pytest

from lbf_portal.workbench import leftovers
from lbf_portal.workbench.places import PROJECT


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("unfinished work", "# TO" + "DO: later"),
        ("a merge that was not finished", "<<<<" + "<<< HEAD"),
        ("debugging", "    break" + "point()"),
        ("a silenced type error without code and reason", "x = 1  # type: ign" + "ore"),
        ("a silenced type error without code and reason", "x = 1  # type: ign" + "ore[arg-type]"),
        ("a silenced lint finding without code and reason", "x = 1  # no" + "qa"),
        ("a silenced lint finding without code and reason", "x = 1  # no" + "qa: S105"),
        ("a skipped test", "@pytest.mark.sk" + "ip"),
        ("a private key", "-----BEGIN RSA PRIVATE " + "KEY-----"),
        ("a place on somebody's machine", "/ho" + "me/anna/portal"),
        ("a download address", '"resol' + 'ved": "https://npm.example/x.tgz"'),
    ],
)
def test_it_is_found(kind: str, text: str) -> None:
    assert leftovers.PATTERNS[kind].search(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("unfinished work", "todos los días"),
        ("a merge that was not finished", "Heading\n======="),
        ("a silenced type error without code and reason", "x = 1  # type: ign" + "ore[arg-type]  # the stubs are wrong"),
        ("a silenced lint finding without code and reason", "x = 1  # no" + "qa: S105 - no secret"),
        ("a skipped test", "skip-link"),
    ],
)
def test_it_is_left_alone(kind: str, text: str) -> None:
    assert not leftovers.PATTERNS[kind].search(text)


def test_what_is_built_or_installed_is_not_read() -> None:
    found = {path.relative_to(PROJECT).parts[0] for path in leftovers.texts()}
    assert "pyproject.toml" in found
    assert not found & leftovers.SKIPPED_FOLDERS
