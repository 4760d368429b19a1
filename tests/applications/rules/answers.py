"""What a check answered, as codes and as sentences."""

from collections.abc import Iterable

from lbf_portal.lib.refusals import Violation, advice, blocking


def blocks(violations: Iterable[Violation]) -> list[str]:
    return [violation.code for violation in blocking(violations)]


def advises(violations: Iterable[Violation]) -> list[str]:
    return [violation.code for violation in advice(violations)]


def the(code: str, violations: Iterable[Violation]) -> Violation:
    """The one violation with this code."""
    (found,) = [violation for violation in violations if violation.code == code]
    return found
