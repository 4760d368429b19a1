"""The demo's history, in a small world: every state, sums that add up, nothing sent, nothing made twice."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Model
from pytest_django import DjangoDbBlocker

from accounts.models import AccountEvent, Membership, Organisation, OutgoingMail, User, actor_for
from applications import planning, tasks
from applications.models import Application, ApplicationEvent, BoardSeat, Scenario, ScenarioCase, ScenarioEvent
from applications.rules.rule_sets import RuleSet
from applications.states import AFTER_PREQUALIFICATION, State
from areas.models import Department
from lbf_portal.demo import seed as demo_seed
from lbf_portal.demo import world
from lbf_portal.demo.cases_outline import CASES, FEWEST, TARGETS, Plot, outline
from lbf_portal.lib import pdf
from ledger import checking
from ledger.models import Entry, FrameYear, Reservation
from monitoring.models import Effort, EffortEvent, Measurement
from monitoring.states import State as EffortState
from tests.conftest import TODAY

SMALL = FEWEST + 8
EVERYTHING: tuple[type[Model], ...] = (
    User,
    Organisation,
    Membership,
    AccountEvent,
    Department,
    Application,
    ApplicationEvent,
    Effort,
    EffortEvent,
    Measurement,
    Entry,
    OutgoingMail,
    Scenario,
    ScenarioCase,
    ScenarioEvent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    """A small world for all tests of the module, and what the seed said; undone with the module."""
    lines: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        demo_seed.seed(TODAY, tell=lines.append, cases=SMALL)
        yield lines
        transaction.set_rollback(True)


def counts() -> list[int]:
    return [model._default_manager.count() for model in EVERYTHING]


def test_there_is_a_case_in_every_state(told: list[str]) -> None:
    assert set(Application.objects.values_list("state", flat=True)) == set(State.values)
    assert Application.objects.count() == SMALL


def test_there_is_an_effort_in_every_state(told: list[str]) -> None:
    assert set(Effort.objects.values_list("state", flat=True)) == set(EffortState.values)


def test_the_ledger_adds_up_and_every_commitment_is_in_it(told: list[str]) -> None:
    assert checking.check().findings == []
    committed = {
        str(number) for number in Application.objects.filter(state=State.COMMITTED).values_list("case_number", flat=True)
    }
    assert set(Entry.objects.filter(kind="COMMIT").values_list("allocation__case_reference", flat=True)) == committed


def test_events_stand_in_the_order_of_time_and_none_is_in_the_future(told: list[str]) -> None:
    for events in (ApplicationEvent.objects, EffortEvent.objects):
        moments = list(events.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1].date() < TODAY


def test_cases_of_2019_are_over_before_the_new_regulation(told: list[str]) -> None:
    old = Application.objects.filter(created_at__year=2019)
    assert old.exists()
    assert set(old.values_list("rule_set", flat=True)) == {RuleSet.R2015}
    assert not old.filter(decided_at__isnull=True).exists()
    assert not old.filter(decided_at__year__gt=2019).exists()
    assert set(Application.objects.exclude(pk__in=old).values_list("rule_set", flat=True)) == {RuleSet.R2019}


def test_whatever_is_invented_says_so(told: list[str]) -> None:
    assert not Application.objects.filter(is_demo=False).exists()
    assert not Department.objects.filter(is_demo=False).exists()
    assert not Measurement.objects.filter(is_demo=False).exists()
    invented = Organisation.objects.filter(is_demo=True, kind="HOUSING")
    assert all(organisation.name.endswith("(demo)") for organisation in invented)


def test_people_are_named_by_role_and_have_no_password(told: list[str]) -> None:
    for user in User.objects.all():
        assert user.email.endswith("@lbf.example")
        assert not user.has_usable_password()


def test_two_shared_scenarios_can_be_compared(told: list[str]) -> None:
    made = {scenario.name: scenario for scenario in Scenario.objects.prefetch_related("cases__application")}
    desk = planning.desk(on=TODAY)

    assert made.keys() == {"Fyld hullerne", "To rater til den største"}
    assert all(scenario.is_shared for scenario in made.values())
    assert all(planning.changes_since(scenario, desk) == [] for scenario in made.values())
    rows = planning.planned(desk, made["To rater til den største"], made["To rater til den største"].cases.all()).rows
    assert rows[0].is_moved
    assert [row.later_share for row in rows if row.later_share] == [Decimal("0.5")]


def test_measurements_have_a_value_or_say_why_not(told: list[str]) -> None:
    measured = Measurement.objects.filter(effort__application__is_demo=True)
    years = set(measured.dates("measured_on", "year"))
    assert {day.year for day in years} >= set(range(2020, 2026))
    assert measured.filter(value__isnull=True).exists()
    assert not measured.filter(value__isnull=True, suppressed_reason="").exists()


def test_no_mail_waits_and_nothing_is_queued(told: list[str]) -> None:
    assert OutgoingMail.objects.exists()
    assert not OutgoingMail.objects.waiting().exists()
    assert connection.run_on_commit == []


def test_a_letter_that_is_made_later_tells_nobody(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "render", lambda *_args: b"%PDF-1.7 letter")
    mails = OutgoingMail.objects.count()
    event = ApplicationEvent.objects.filter(event="application:committed").latest("pk")

    tasks.make_letter(event.pk)

    assert event.documents.exists()
    assert OutgoingMail.objects.count() == mails


def test_seeded_again_nothing_changes(told: list[str]) -> None:
    before = counts()

    demo_seed.seed(TODAY, tell=told.append, cases=SMALL)

    assert counts() == before
    assert told[-1] == "seed: the demo's cases are there"


def test_progress_is_told_in_figures(told: list[str]) -> None:
    assert f"seed: {SMALL} of {SMALL} cases" in told


# Everybody finds something at the first sign-in


def cases_of(email: str, organisation: str) -> Counter[str]:
    actor = actor_for(User.objects.get(email=email), Organisation.objects.get(name=organisation), on=TODAY)
    return Counter(Application.objects.visible_to(actor, on=TODAY).values_list("state", flat=True))


def test_the_applicant_has_a_draft_a_plan_and_an_effort_that_runs(told: list[str]) -> None:
    seen = cases_of("ansoeger@lbf.example", "Brabrand Boligforening")
    assert {State.DRAFT, State.PLAN_IN_PROGRESS, State.LOCAL_APPROVAL, State.COMMITTED} <= set(seen)
    running = Effort.objects.filter(application__organisation__name="Brabrand Boligforening", state=EffortState.ACTIVE)
    assert running.exists()


def test_the_person_in_two_organisations_has_cases_in_both(told: list[str]) -> None:
    assert cases_of("to-organisationer@lbf.example", "Brabrand Boligforening")
    assert cases_of("to-organisationer@lbf.example", "Østjysk Bolig")


def test_the_municipality_has_an_agreement_to_sign_that_the_housing_organisation_has_signed(told: list[str]) -> None:
    aarhus = Organisation.objects.get(kind="MUNICIPALITY", municipality_code="0751")
    waiting = Application.objects.filter(municipality__organisation=aarhus).awaiting_signature_of(aarhus.pk)
    signed = [application.agreements.standing().get().signatures.count() for application in waiting]
    assert max(signed) == 1


def test_the_director_has_two_recommendations_that_fit_the_frame(told: list[str]) -> None:
    waiting = Application.objects.filter(state=State.PLAN_SUBMITTED, recommendations__isnull=False)
    assert waiting.count() == 2
    recommended = [application.recommendations.get() for application in waiting]
    total = sum((one.social_amount + one.rent_amount for one in recommended), start=Decimal(0))
    assert total < FrameYear.objects.position(2026).available
    assert {one.frame_year for one in recommended} == {2026}


def test_the_board_member_sits_on_a_running_effort_with_measurements(told: list[str]) -> None:
    seats = BoardSeat.objects.holding_on(TODAY).filter(user__email="bestyrelse@lbf.example")
    efforts = Effort.objects.filter(application__in=seats.values("application_id"), state=EffortState.ACTIVE)
    assert efforts.filter(measurements__isnull=False).exists()


# The command


@pytest.mark.usefixtures("demo")
def test_the_command_wants_enough_cases_for_every_state() -> None:
    with pytest.raises(CommandError, match=f"At least {FEWEST} cases"):
        call_command("seed", "--cases", str(FEWEST - 1))


@pytest.mark.usefixtures("demo")
def test_the_command_leaves_a_portal_alone_that_has_cases(told: list[str]) -> None:
    before = counts()
    said = io.StringIO()

    call_command("seed", "--if-empty", stdout=said)

    assert counts() == before
    assert "there are cases already" in said.getvalue()


# The outline of the full-size demo, which costs nothing to make


@pytest.fixture
def plots(told: list[str]) -> list[Plot]:
    return outline(world.build(TODAY), cases=CASES)


def test_two_hundred_cases_are_outlined_in_the_order_in_which_they_begin(plots: list[Plot]) -> None:
    assert len(plots) == CASES
    assert [plot.created_on for plot in plots] == sorted(plot.created_on for plot in plots)


def test_each_year_commits_what_its_frame_can_hold(plots: list[Plot]) -> None:
    for year, target in TARGETS.items():
        of_year = [plot for plot in plots if plot.wanted.year == year]
        assert len(of_year) == target.cases
        assert {plot.decided_on.year for plot in of_year} == {year}
        rent = sum((plot.rent for plot in of_year), start=Decimal(0))
        assert rent < 240_000_000
        assert rent + sum((plot.social for plot in of_year), start=Decimal(0)) < 410_000_000


def test_no_estate_has_two_efforts_at_once(plots: list[Plot]) -> None:
    committed = [plot for plot in plots if plot.wanted.is_committed]
    for number, plot in enumerate(committed):
        for other in committed[:number]:
            is_apart = plot.ends_on < other.starts_on or other.ends_on < plot.starts_on
            assert plot.site != other.site or is_apart, (plot, other)


def test_the_same_day_gives_the_same_outline(plots: list[Plot], told: list[str]) -> None:
    assert outline(world.build(TODAY), cases=CASES) == plots


def test_a_demo_that_is_started_after_the_period_still_has_its_cases_inside_it(told: list[str]) -> None:
    later = outline(world.build(datetime.date(2027, 3, 1)), cases=CASES)
    assert max(plot.decided_on for plot in later if plot.wanted.is_committed) < datetime.date(2027, 1, 1)


def test_some_cases_of_this_year_hold_a_reservation_and_no_decided_or_ended_one_does(told: list[str]) -> None:
    held = {int(number) for number in Reservation.objects.values_list("case_reference", flat=True)}

    states = set(Application.objects.filter(case_number__in=held).values_list("state", flat=True))
    assert held
    assert states <= AFTER_PREQUALIFICATION
