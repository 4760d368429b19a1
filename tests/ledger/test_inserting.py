"""A posting for a case is one statement, whoever else posts for the same case in the same moment."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lbf_portal.lib.refusals import RuleBroken
from ledger import checking
from ledger.models import Allocation, Entry
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, commit, release
from tests.ledger.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_commitment_is_one_statement_and_needs_no_transaction_around_it() -> None:
    FrameYearFactory.create()

    with CaptureQueriesContext(connection) as first:
        commit(MILLION)
    with CaptureQueriesContext(connection) as second:
        commit(MILLION)

    assert (len(first), len(second)) == (1, 1)
    assert Allocation.objects.get().held == 2 * MILLION


def test_what_is_posted_is_the_very_row() -> None:
    frame_year = FrameYearFactory.create()

    posted = commit(MILLION)
    read = Entry.objects.select_related("frame_year", "allocation").get()

    assert posted == read
    assert {name: getattr(posted, name) for name in ROW} == {name: getattr(read, name) for name in ROW}
    assert (posted.frame_year, posted.allocation) == (frame_year, read.allocation)
    # Read when it is asked for, so with what the posting itself has moved.
    assert posted.frame_year.committed == MILLION


def test_a_refused_commitment_leaves_no_allocation_behind() -> None:
    FrameYearFactory.create()

    with pytest.raises(RuleBroken, match=r"har 380\.000\.000 kr\. tilbage"):
        commit(381 * MILLION)

    assert not Allocation.objects.exists()


def test_a_year_without_a_frame_takes_nothing() -> None:
    with pytest.raises(RuleBroken, match="Der er ingen ramme for 2026"):
        commit(MILLION)


def test_eight_acts_for_a_case_that_is_new_to_the_year_share_one_allocation() -> None:
    FrameYearFactory.create()

    outcomes = at_once(*[lambda: commit(MILLION)] * 8)

    assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 8
    assert Allocation.objects.get().held == 8 * MILLION
    assert checking.check().is_ok


def test_a_release_for_a_case_that_holds_nothing_makes_nothing() -> None:
    FrameYearFactory.create()

    with pytest.raises(RuleBroken, match=r"Sagen har 0 kr\. af rammen for 2026"):
        release(MILLION)

    assert not Allocation.objects.exists()


ROW = [field.attname for field in Entry._meta.concrete_fields]
