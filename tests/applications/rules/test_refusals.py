"""The vocabulary every rule answers in (lbf_portal/lib/refusals.py)."""

import datetime
import pickle

import pytest

from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation, advice, blocking

TOO_LOW = Violation("too_low", "Beløbet er %(amount)s Det skal være mindst 25 %%.", "§ 1", params={"amount": "5 kr."})
QUESTION = Violation("question", "Er det meningen?", "§ 2", is_blocking=False)


def test_a_sentence_is_filled_in_danish_and_in_the_readers_language() -> None:
    assert TOO_LOW.message == "Beløbet er 5 kr. Det skal være mindst 25 %."
    english = {TOO_LOW.text: "The amount is %(amount)s It must be at least 25 %%."}
    assert TOO_LOW.sentence(english.__getitem__) == "The amount is 5 kr. It must be at least 25 %."


def test_a_day_is_written_as_the_reader_writes_days() -> None:
    late = Violation("too_late", "Senest %(latest)s.", "§ 1", params={"latest": datetime.date(2031, 12, 31)})
    assert late.message == "Senest 31. december 2031."
    english = {late.text: "At the latest %(latest)s."}
    assert late.sentence(english.__getitem__, "{:%-d %B %Y}".format) == "At the latest 31 December 2031."


@pytest.mark.parametrize("kind", [IllegalMove, NotAllowed, RuleBroken])
def test_a_refusal_says_all_its_sentences_and_survives_a_queue(kind: type[Refused]) -> None:
    refused = kind([TOO_LOW, QUESTION])
    assert isinstance(refused, Refused)
    assert str(refused) == "Beløbet er 5 kr. Det skal være mindst 25 %. Er det meningen?"
    copy = pickle.loads(pickle.dumps(refused))
    assert (type(copy), copy.violations) == (kind, (TOO_LOW, QUESTION))


def test_a_refusal_says_once_what_two_checks_found() -> None:
    assert RuleBroken([TOO_LOW, QUESTION, TOO_LOW]).violations == (TOO_LOW, QUESTION)


def test_what_blocks_is_kept_apart_from_advice_and_said_once() -> None:
    found = [QUESTION, TOO_LOW, QUESTION, TOO_LOW]
    assert blocking(found) == [TOO_LOW]
    assert advice(found) == [QUESTION]


def test_violations_can_stand_in_sets() -> None:
    assert len({TOO_LOW, QUESTION, TOO_LOW}) == 2
