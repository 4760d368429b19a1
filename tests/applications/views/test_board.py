"""The local board and its secretariat."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.actors import Actor
from applications.models import Application, BoardSeat
from applications.views.progress import section_url
from tests.applications.conftest import SignIn
from tests.applications.views.filling import date_parts, filled_in
from tests.factories.accounts import UserFactory
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def seat(number: int, name: str, **more: Any) -> dict[str, Any]:
    prefix = f"seats-{number}"
    return {
        f"{prefix}-name": name,
        **date_parts(f"{prefix}-valid_from", 1, 11, 2026),
        **{f"{prefix}-{field}": value for field, value in more.items()},
    }


def test_a_new_board_begins_with_a_row_for_each_party(sign_in: SignIn, plan_started: Application, case_cast: CaseCast) -> None:
    data = filled_in(sign_in(case_cast.applicant).get(section_url(plan_started, "board")))

    assert data["seats-0-organisation"] == [str(case_cast.housing.pk)]
    assert data["seats-1-organisation"] == [str(case_cast.municipality_organisation.pk)]


def test_the_board_is_saved_and_gives_its_members_a_role(sign_in: SignIn, plan_started: Application, case_cast: CaseCast) -> None:
    member = UserFactory.create(email="medlem@example.org")
    browser = sign_in(case_cast.applicant)
    url = section_url(plan_started, "board")
    typed = seat(0, "Boligdirektør", is_chair="on") | seat(1, "Kommunaldirektør", email="Medlem@Example.org", title="Direktør")

    browser.post(url, filled_in(browser.get(url), **typed))

    seats = list(BoardSeat.objects.filter(application=plan_started).order_by("id"))
    assert [(row.name, row.belongs_to, row.is_chair) for row in seats] == [
        ("Boligdirektør", "Boligforeningen Ågården", True),
        ("Kommunaldirektør", "Aarhus Kommune", False),
    ]
    assert (seats[1].user, seats[1].title, seats[1].valid_from) == (member, "Direktør", datetime.date(2026, 11, 1))


def test_others_may_join_and_rows_that_nobody_touched_are_ignored(
    sign_in: SignIn, plan_started: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "board")
    typed = seat(0, "Politidirektør", organisation="", other_organisation="Østjyllands Politi")

    browser.post(url, filled_in(browser.get(url), **typed))

    assert [str(row) for row in BoardSeat.objects.filter(application=plan_started)] == ["Politidirektør, Østjyllands Politi"]


def test_what_is_wrong_is_told_beside_the_field(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "board")
    typed = {
        **seat(0, "Uden part", organisation="", email="ikke en adresse"),
        **seat(1, "Formand i sekretariatet", kind="SECRETARIAT", is_chair="on"),
        **date_parts("seats-1-valid_to", 31, 10, 2026),
    }

    answer = browser.post(url, filled_in(browser.get(url), **typed))

    page = text(answer)
    assert 'href="#id_seats-0-organisation"' in page
    assert "Skriv en mailadresse, fx navn@kommune.dk" in page
    assert "Kun et medlem af bestyrelsen kan være formand" in page
    assert "Pladsen kan ikke slutte, før den begynder" in page
    assert filled_in(answer)["seats-0-email"] == ["ikke en adresse"]
    assert not BoardSeat.objects.filter(application=plan_started).exists()


def test_the_page_says_what_the_board_lacks(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "board")
    browser.post(url, filled_in(browser.get(url), **seat(0, "Boligdirektør")))

    page = text(browser.get(url))

    assert "Bestyrelsen har intet medlem fra Aarhus Kommune" in page
    assert "Bestyrelsen har ingen formand" in page


def test_two_colleagues_do_not_overwrite_each_other_unseen(
    sign_in: SignIn, plan_ready: Application, applicant: Actor, colleague: Actor
) -> None:
    url = section_url(plan_ready, "board")
    first, second = sign_in(applicant), sign_in(colleague)
    of_first, of_second = filled_in(first.get(url)), filled_in(second.get(url))
    first.post(url, {**of_first, "seats-0-name": "Ny formand"})

    answer = second.post(url, {**of_second, "seats-0-name": "En tredje"})

    assert "Gemt af en anden i mellemtiden" in text(answer)
    assert "Ny formand" in text(answer)
    assert filled_in(answer)["seats-0-name"] == ["En tredje"]


def test_board_members_personal_data_stay_out_of_events(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "board")
    browser.post(url, filled_in(browser.get(url), **seat(0, "Boligdirektør", email="direktoer@example.org")))

    event = plan_started.events.last()

    assert event is not None
    assert (event.event, event.data) == ("application:section_saved", {"section": "board"})


def test_a_board_member_reads_the_plan_but_does_not_change_it(
    sign_in: SignIn, plan_started: Application, applicant: Actor
) -> None:
    member = UserFactory.create(email="medlem@example.org")
    browser = sign_in(applicant)
    url = section_url(plan_started, "board")
    browser.post(url, filled_in(browser.get(url), **seat(0, "Medlem", email=member.email)))
    reader = sign_in(Actor(member, None, frozenset()))

    assert reader.get(reverse("applications:plan", args=[plan_started.case_number])).status_code == 200
    assert reader.get(url).status_code == 403
