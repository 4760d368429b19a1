"""What a case is expected to take of a year: held, changed, counted in the outlook, ended with the case."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.apps import apps

from applications import facts, history, transitions
from applications.models import Application
from applications.transitions import Expected
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from ledger import signals
from ledger.models import FrameYear, Reservation
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast

pytestmark = pytest.mark.django_db

TODAY = AT.date()
REASON = "Området har væsentlige sociale problemer."


def prequalified_with(cast: CaseCast, *, social: Decimal = 9 * MIO, rent: Decimal = 2 * MIO) -> Application:
    cases.make_frame(cast)
    application = cases.make_under_assessment(cast)
    transitions.prequalify(application, by=cast.case_officer, at=AT, reason=REASON, expected=Expected(2026, social, rent))
    return application


def change(application: Application, cast: CaseCast, social: Decimal, rent: Decimal, *, reason: str = "Nyt budget.") -> None:
    expected = Expected(2026, social, rent)
    transitions.change_reservation(application, expected, by=cast.case_officer, at=AT, reason=reason)


def test_prequalifying_may_reserve_both_kinds_of_money(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    assert facts.reserved(application) == (2026, 9 * MIO, 2 * MIO)
    position = FrameYear.objects.position(2026)
    assert (position.reserved, position.rent_reserved, position.committed) == (11 * MIO, 2 * MIO, Decimal(0))


def test_prequalifying_reserves_nothing_unless_asked(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_prequalified(case_cast)

    assert facts.reserved(application) is None
    assert not application.events.filter(event=history.RESERVED).exists()


def test_a_reservation_that_cannot_be_made_leaves_the_case_unprequalified(case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)  # and no frame at all

    with pytest.raises(RuleBroken, match="ingen åben ramme for 2026"):
        transitions.prequalify(
            application, by=case_cast.case_officer, at=AT, reason=REASON, expected=Expected(2026, MIO, Decimal(0))
        )

    application.refresh_from_db()
    assert application.state == "UNDER_ASSESSMENT"
    assert not Reservation.objects.exists()


def test_changing_needs_the_officer_and_a_reason(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    with pytest.raises(RuleBroken, match="Skriv en begrundelse"):
        change(application, case_cast, 8 * MIO, Decimal(0), reason="  ")
    for actor in (case_cast.director, case_cast.applicant, case_cast.finance_officer):
        with pytest.raises(NotAllowed):
            transitions.change_reservation(application, Expected(2026, MIO, MIO), by=actor, at=AT, reason="Nyt.")

    assert facts.reserved(application) == (2026, 9 * MIO, 2 * MIO)


def test_a_change_keeps_what_stood_before_in_event_and_versions(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    change(application, case_cast, 8 * MIO, Decimal(0))

    assert facts.reserved(application) == (2026, 8 * MIO, Decimal(0))
    event = application.events.get(event=history.RESERVED, reason="Nyt budget.")
    assert event.user is not None
    assert event.user == case_cast.case_officer.user
    assert event.data["before"] == {"year": 2026, "social": "9000000.00", "rent": "2000000.00"}
    versions = apps.get_model("ledger", "ReservationVersion").objects.order_by("pgh_id")
    kept = [(version.pgh_label, version.money, version.amount) for version in versions]
    assert kept[2:] == [("update", "SOCIAL", 8 * MIO), ("delete", "RENT", 2 * MIO)]
    assert {version.pgh_context.metadata["user"] for version in versions} == {event.user.pk}


def test_the_same_again_is_no_change(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    change(application, case_cast, 9 * MIO, 2 * MIO)

    assert application.events.filter(event=history.RESERVED).count() == 1


def test_nothing_at_all_ends_the_reservation(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    change(application, case_cast, Decimal(0), Decimal(0))

    assert not Reservation.objects.exists()
    assert application.events.filter(event="application:unreserved", reason="Nyt budget.").exists()


def test_before_prequalification_and_after_the_decision_nothing_is_reserved(case_cast: CaseCast) -> None:
    early = cases.make_under_assessment(case_cast)
    late = cases.make_committed(case_cast, title="En anden indsats")

    for application in (early, late):
        with pytest.raises(IllegalMove, match="fra sagen er prækvalificeret"):
            change(application, case_cast, MIO, Decimal(0))


def test_withdrawn_by_the_applicant_the_case_holds_nothing_more(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    transitions.withdraw(application, by=case_cast.applicant, at=AT, reason="Vi stopper.")

    assert not Reservation.objects.exists()
    ended = application.events.get(event="application:unreserved")
    assert (ended.user, ended.role) == (None, "SYSTEM")


def test_lapsed_and_refused_cases_hold_nothing_more(case_cast: CaseCast) -> None:
    lapsed = prequalified_with(case_cast)
    transitions.lapse(lapsed, by=case_cast.case_officer, at=AT, reason="Der er ikke sket noget.")
    refused = cases.make_plan_submitted(case_cast, title="En anden indsats")
    change(refused, case_cast, MIO, Decimal(0))
    by = case_cast.case_officer
    deadline = TODAY + datetime.timedelta(days=14)
    transitions.open_hearing(refused, by=by, at=AT, reason="Planen er for tynd.", deadline=deadline)

    transitions.refuse(
        refused,
        by=case_cast.director,
        at=AT + datetime.timedelta(days=20),
        reason="Planen opfylder ikke betingelserne, og parterne har ikke svaret.",
    )

    assert not Reservation.objects.exists()


def test_the_commitment_ends_what_was_expected_of_both_kinds(case_cast: CaseCast) -> None:
    """Rent was expected and is not granted: it must not stay reserved beside the commitment."""
    application = prequalified_with(case_cast)
    finished = cases.make_recommended(case_cast, title="En anden indsats")
    change(finished, case_cast, 8 * MIO, MIO)

    transitions.commit(finished, by=case_cast.director, at=AT, reason="Betingelserne er opfyldt.")

    assert facts.reserved(finished) is None
    assert facts.reserved(application) is not None


def test_others_do_not_read_it_in_the_journal(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)
    events = list(application.events.select_related("user", "organisation").order_by("pk"))

    told = {
        actor: [line.what for line in history.lines(events, actor)] for actor in (case_cast.case_officer, case_cast.applicant)
    }

    sentence = "Der er reserveret i rammen for 2026: 9.000.000 kr. og 2.000.000 kr. til huslejestøtte"
    assert sentence in told[case_cast.case_officer]
    assert not any("reserv" in line for line in told[case_cast.applicant])


# The outlook


def test_the_outlook_leaves_the_cases_own_reservation_out(case_cast: CaseCast) -> None:
    application = prequalified_with(case_cast)

    outlook = facts.outlook_of(application, 2026, on=TODAY)

    assert outlook is not None
    assert (outlook.left, outlook.rent_left) == (380 * MIO, 240 * MIO)


def test_what_waits_and_what_is_reserved_for_others_is_counted_once(case_cast: CaseCast) -> None:
    """The waiting case holds a reservation of 5 of its 9 mio., so 4 are waiting beside it."""
    waiting = cases.make_recommended(case_cast, title="En anden indsats")
    application = prequalified_with(case_cast)
    change(waiting, case_cast, 5 * MIO, Decimal(0))

    (waits,) = signals.waiting(on=TODAY)
    outlook = facts.outlook_of(application, 2026, on=TODAY)

    assert (waits.case_reference, waits.social) == (str(waiting.case_number), 4 * MIO)
    assert outlook is not None
    assert outlook.left == (380 - 9) * MIO


def test_advice_names_what_the_outlook_leaves_and_stops_nobody(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=5 * MIO)
    cases.make_recommended(case_cast, title="En anden indsats")
    application = cases.make_prequalified(case_cast)

    (advice,) = transitions.check_reservation(application, Expected(2026, 9 * MIO, Decimal(0)), on=TODAY)
    change(application, case_cast, 9 * MIO, Decimal(0))

    assert "er der 1.000.000 kr. tilbage i 2026" in advice.message
    assert facts.reserved(application) == (2026, 9 * MIO, Decimal(0))
