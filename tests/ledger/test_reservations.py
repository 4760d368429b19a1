"""What a prequalified case is expected to take: shown apart, binding nobody, and ended by the commitment."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.actors import Actor
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from ledger import checking, history, posting
from ledger.kinds import Money
from ledger.models import FrameYear, Reservation
from ledger.positions import ZERO
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, commit, finance, reserve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frames(db: None) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)


def test_a_reservation_is_no_commitment_and_meets_no_ceiling() -> None:
    reserve(300 * MILLION)
    reserve(300 * MILLION, case_reference="100002", money=Money.RENT)

    position = FrameYear.objects.position(2026)
    assert (position.reserved, position.rent_reserved) == (600 * MILLION, 300 * MILLION)
    assert (position.committed, position.available) == (ZERO, 380 * MILLION)
    assert position.outlook_available() == -220 * MILLION
    commit(380 * MILLION, case_reference="100003")


def test_the_check_tells_what_is_reserved() -> None:
    reserve(Decimal("1250000.50"))

    out = StringIO()
    call_command("check_frame", "--json", "--year", "2026", stdout=out)

    assert json.loads(out.getvalue())["years"][0]["reserved"] == "1250000.50"


def test_reserved_again_the_latest_expectation_counts() -> None:
    reserve(10 * MILLION)
    reserve(12 * MILLION, 2026, note="Efter nyt budget")
    reserve(12 * MILLION, 2027)

    assert Reservation.objects.get().frame_year.year == 2027
    assert FrameYear.objects.position(2026).reserved == 0


def test_the_commitment_of_the_same_money_ends_the_reservation() -> None:
    reserve(10 * MILLION)
    reserve(5 * MILLION, money=Money.RENT)
    reserve(7 * MILLION, case_reference="100002")

    commit(9 * MILLION)

    left = Reservation.objects.order_by("amount").values_list("case_reference", "money")
    assert list(left) == [("100001", Money.RENT), ("100002", Money.SOCIAL)]


def test_a_case_that_is_refused_expects_nothing_more(case_officer: Actor) -> None:
    reserve(10 * MILLION)
    reserve(5 * MILLION, money=Money.RENT)
    reserve(7 * MILLION, case_reference="100002")

    assert posting.unreserve("100001", by=case_officer, money=Money.RENT) == 1
    assert posting.unreserve("100001", by=case_officer) == 1
    assert posting.unreserve("100001", by=case_officer) == 0
    assert FrameYear.objects.position(2026).reserved == 7 * MILLION


def test_every_version_is_kept_with_who_made_it(case_officer: Actor) -> None:
    reservation = reserve(10 * MILLION, by=case_officer)
    reserve(12 * MILLION, by=case_officer)

    versions = reservation.versions.order_by("pgh_id")  # type: ignore[attr-defined]  # given by pghistory
    assert [version.amount for version in versions] == [10 * MILLION, 12 * MILLION]
    assert case_officer.user is not None
    assert {version.pgh_context.metadata["user"] for version in versions} == {case_officer.user.pk}


@pytest.mark.django_db(transaction=True)
def test_what_was_reserved_on_a_past_day_is_told_from_the_versions() -> None:
    """The versions bear the database's own time, so the day asked about is put before and after it."""
    reserve(10 * MILLION)
    reserve(5 * MILLION, case_reference="100002", money=Money.RENT)
    reserve(12 * MILLION)
    posting.unreserve("100002", by=finance())

    latest = Reservation.objects.get().versions.latest("pgh_id").pgh_created_at  # type: ignore[attr-defined]  # given by pghistory
    with time_machine.travel(latest):
        before, after = (latest.date() + datetime.timedelta(days=days) for days in (-2, 1))
        assert {position.reserved for position in history.positions_on(before)} == {0}
        [position, _] = history.positions_on(after)
        assert (position.reserved, position.rent_reserved) == (12 * MILLION, ZERO)
        assert checking.check(as_of=after).positions[0].reserved == 12 * MILLION


def test_only_the_fund_reserves(applicant: Actor, municipality: Actor) -> None:
    for outsider in (applicant, municipality):
        with pytest.raises(NotAllowed):
            reserve(1, by=outsider)
        with pytest.raises(NotAllowed):
            posting.unreserve("100001", by=outsider)


def test_a_reservation_is_of_a_year_that_has_a_frame_and_of_some_money() -> None:
    with pytest.raises(RuleBroken, match="ingen ramme for 2030"):
        reserve(1, 2030)
    with pytest.raises(RuleBroken, match="større end 0"):
        reserve(0)
