"""The turn of the year: a commitment charges the frame of the year it is decided in, in Danish time (G2; our reading)."""

from __future__ import annotations

import datetime

import pytest

from applications import transitions
from applications.models import Application
from applications.states import State
from lbf_portal.lib.refusals import RuleBroken
from ledger.models import Entry, FrameYear
from tests.factories import applications as cases
from tests.factories.applications import MIO, CaseCast
from tests.ledger.acts import close

pytestmark = pytest.mark.django_db

REASON = "Det er begrundet i sagens oplysninger."
# Denmark is an hour ahead: both moments are the last evening of the year in UTC.
LAST_MINUTE = datetime.datetime(2026, 12, 31, 22, 59, tzinfo=datetime.UTC)
FIRST_MINUTE = datetime.datetime(2026, 12, 31, 23, 0, tzinfo=datetime.UTC)
SECOND_OF_JANUARY = datetime.datetime(2027, 1, 2, 9, tzinfo=datetime.UTC)


@pytest.fixture
def case(case_cast: CaseCast) -> Application:
    """Recommended for the frame of 2026."""
    cases.make_frame(case_cast)
    return cases.make_recommended(case_cast)


def test_a_commitment_in_the_last_minute_charges_the_old_year(case: Application, case_cast: CaseCast) -> None:
    decision = transitions.commit(case, by=case_cast.director, at=LAST_MINUTE, reason=REASON)

    entry = Entry.objects.get()
    assert decision.decided_on == entry.decided_on == datetime.date(2026, 12, 31)
    assert FrameYear.objects.position(2026).committed == entry.amount == 9 * MIO


@pytest.mark.parametrize("at", [FIRST_MINUTE, SECOND_OF_JANUARY], ids=["first minute", "second of January"])
def test_a_commitment_in_the_new_year_charges_nothing_of_the_old_one(
    case: Application, case_cast: CaseCast, at: datetime.datetime
) -> None:
    with pytest.raises(RuleBroken, match=r"kan ikke tages af rammen for 2026"):
        transitions.commit(case, by=case_cast.director, at=at, reason=REASON)

    case.refresh_from_db()
    assert case.state == State.PLAN_SUBMITTED
    assert not Entry.objects.exists()


def test_a_decision_of_31_december_that_arrives_after_the_closing_is_refused(case: Application, case_cast: CaseCast) -> None:
    """Until then its own moment counts, not the clock's; a closed year takes nothing more (G2)."""
    close(2026, on=SECOND_OF_JANUARY.date())

    with pytest.raises(RuleBroken, match=r"Rammen for 2026 er lukket"):
        transitions.commit(case, by=case_cast.director, at=LAST_MINUTE, reason=REASON)

    assert not Entry.objects.exists()
