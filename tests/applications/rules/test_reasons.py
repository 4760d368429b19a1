import pytest

from applications.rules.reasons import Facts, check
from tests.applications.rules.answers import blocks


@pytest.mark.parametrize(("reasons", "expected"), [("", ["reasons_missing"]), (" \t\n", ["reasons_missing"]), (".", [])])
def test_a_decision_without_reasons_is_refused(reasons: str, expected: list[str]) -> None:
    assert blocks(check(Facts(reasons))) == expected
