"""A section that saves itself: what is answered, what is kept, who is told, and how few events it leaves."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.kept import KEY, remember_person
from applications import sections, transitions
from applications.models import Application
from tests.applications.conftest import SignIn
from tests.applications.views.filling import date_parts, filled_in
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
AUTOSAVE = {"X-Autosave": "1"}


def section(application: Application, name: str = "challenges") -> str:
    return reverse("applications:section", args=[application.case_number, name])


def autosave(browser: Client, application: Application, data: dict[str, Any], name: str = "challenges") -> dict[str, Any]:
    answer = browser.post(section(application, name), data, headers=AUTOSAVE)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def saves(application: Application) -> int:
    return application.events.filter(event="application:section_saved").count()


def test_it_is_saved_and_the_time_is_told_and_the_next_one_builds_on_it(
    sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft)))

    first = autosave(browser, draft, page | {"challenges": "Begyndt"})
    second = autosave(browser, draft, page | {"challenges": "Begyndt, og mere", "seen": first["seen"]})

    assert (first["state"], first["told"]) == ("saved", "Gemt kl. 10:00")
    assert second["state"] == "saved"
    draft.refresh_from_db()
    assert draft.challenges == "Begyndt, og mere"
    assert "Senest gemt 22. november 2026 kl. 10:00" in " ".join(browser.get(section(draft)).content.decode().split())


def test_one_sitting_is_one_event_and_pressing_the_button_another(sign_in: SignIn, case_cast: CaseCast) -> None:
    draft = cases.make_empty_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    page = filled_in(browser.get(section(draft)))
    for number in range(4):
        page["seen"] = autosave(browser, draft, page | {"challenges": f"Tekst {number}"})["seen"]
    assert saves(draft) == 1

    browser.post(section(draft), page | {"challenges": "Færdig"})

    first, last = draft.events.filter(event="application:section_saved").order_by("pk")
    assert first.data["after"]["challenges"] == "Tekst 0"
    assert (last.data["before"]["challenges"], last.data["after"]["challenges"]) == ("Tekst 3", "Færdig")


def test_a_new_sitting_and_another_person_are_events_of_their_own(sign_in: SignIn, case_cast: CaseCast, colleague: Actor) -> None:
    draft = cases.make_empty_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    page = filled_in(browser.get(section(draft)))
    page["seen"] = autosave(browser, draft, page | {"challenges": "Min"})["seen"]

    theirs = filled_in(sign_in(colleague).get(section(draft)))
    theirs["seen"] = autosave(sign_in(colleague), draft, theirs | {"challenges": "Min og din"})["seen"]
    assert saves(draft) == 2
    with time_machine.travel(cases.AT + datetime.timedelta(minutes=20), tick=False):
        autosave(sign_in(colleague), draft, theirs | {"challenges": "Efter frokost"})
    assert saves(draft) == 3


def test_somebody_elses_version_is_never_overwritten(
    sign_in: SignIn, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft)))
    theirs = sign_in(colleague)
    autosave(theirs, draft, filled_in(theirs.get(section(draft))) | {"challenges": "Kollegaens"})

    said = autosave(browser, draft, page | {"challenges": "Min"})

    assert said["state"] == "outdated"
    draft.refresh_from_db()
    assert draft.challenges == "Kollegaens"
    both = browser.post(section(draft), page | {"challenges": "Min"}).content.decode()
    assert "Kollegaens" in both
    assert ">\nMin</textarea>" in both or ">Min</textarea>" in both
    assert "data-autosave>" not in both, "a page that shows both versions waits for the person"


def test_what_is_wrong_is_told_and_changes_nothing(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    before = sections.values(draft, "challenges")
    page = filled_in(browser.get(section(draft)))

    said = autosave(browser, draft, page | {"figures-1-year": "25", "challenges": "Ny"})

    assert said["state"] == "invalid"
    assert said["told"] == "Ikke gemt endnu: Skriv årstallet med fire cifre, fx 2025"
    assert sections.values(Application.objects.get(pk=draft.pk), "challenges") == before


def test_a_case_that_closed_meanwhile_says_so(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft)))
    transitions.submit(draft, by=applicant, at=cases.AT)

    said = autosave(browser, draft, page | {"challenges": "For sent"})

    assert said["state"] == "invalid"
    assert "kan ikke rettes" in said["told"]


@pytest.mark.parametrize("somebody", ["outsider", "case_officer"])
def test_nobody_else_saves(somebody: str, sign_in: SignIn, draft: Application, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(somebody)
    assert sign_in(actor).post(section(draft), {"challenges": "x"}, headers=AUTOSAVE).status_code == 404


def test_what_comes_without_a_session_is_kept_for_the_page_itself(client: Client, draft: Application, applicant: Actor) -> None:
    assert applicant.user is not None
    person = HttpResponse()
    remember_person(person, applicant.user)
    client.cookies.load(person.cookies)

    answer = client.post(section(draft), {"challenges": "Lang tekst"}, headers=AUTOSAVE)

    assert answer.status_code == 302
    assert client.session[KEY]["path"] == section(draft)


def test_the_same_text_once_more_is_saved_as_it_was(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    """An answer that was lost on its way, or a button pressed twice: what is typed stands there already."""
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft))) | {"challenges": "Svaret gik tabt"}
    before = saves(draft)
    first = autosave(browser, draft, page)

    again = autosave(browser, draft, page)
    pressed = browser.post(section(draft), page)

    assert (again["state"], again["seen"]) == ("saved", first["seen"])
    assert pressed.status_code == 302
    assert saves(draft) == before, "all of it belongs to one sitting"


def test_nothing_is_saved_by_itself_in_another_persons_name(
    sign_in: SignIn, client: Client, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    """Two people at one machine: the other one signed in in another tab, and this page is the first one's."""
    page = filled_in(sign_in(applicant).get(section(draft)))
    theirs = sign_in(colleague)

    said = autosave(theirs, draft, page | {"challenges": "Den førstes"})

    assert said["state"] == "stranger"
    assert fresh(draft).challenges == cases.CHALLENGES
    assert theirs.get(reverse("session")).json()["writer"] != page["writer"][0]
    client.logout()
    assert "writer" not in client.get(reverse("session")).json()


def test_the_local_board_is_saved_by_its_button_alone(sign_in: SignIn, case_cast: CaseCast) -> None:
    """A half address may be somebody else's, and a seat opens the case to whoever has it."""
    application = cases.make_plan_started(case_cast)
    browser = sign_in(case_cast.applicant)
    address = reverse("applications:plan_section", args=[application.case_number, "board"])

    page = browser.get(address)

    assert "data-autosave" not in page.content.decode()
    assert browser.post(address, filled_in(page), headers=AUTOSAVE).status_code == 400


# Figures


def test_a_figure_under_a_problem_that_was_unticked_is_not_judged(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft)), problem_types=["VANDALISM"])

    said = autosave(browser, draft, page | {"figures-3-value": "mange", "challenges": "Ny"})

    assert said["state"] == "saved"


def test_a_unit_alone_is_kept(sign_in: SignIn, empty_draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(empty_draft)), problem_types=["VIOLENCE"])

    autosave(browser, empty_draft, page)
    assert not empty_draft.problem_figures.exists(), "the unit that the page wrote is nobody's answer"
    autosave(
        browser,
        empty_draft,
        page | {"figures-3-unit": "sager om måneden", "seen": sections.fingerprint(fresh(empty_draft), "challenges")},
    )

    assert empty_draft.problem_figures.get().unit == "sager om måneden"


def test_figures_of_a_department_that_left_meanwhile_are_not_dropped_silently(
    sign_in: SignIn, draft: Application, applicant: Actor, case_cast: CaseCast
) -> None:
    browser = sign_in(applicant)
    draft.department_figures.all().delete()
    page = filled_in(browser.get(section(draft, "figures")))
    gone = draft.application_departments.select_related("department").first()
    assert gone is not None
    gone.delete()
    typed = page | {"figures-0-convicted_pct": "2,5"}

    said = autosave(browser, draft, typed, "figures")
    pressed = browser.post(section(draft, "figures"), typed).content.decode()

    assert said["state"] == "invalid"
    assert "er ikke længere med i ansøgningen" in said["told"]
    assert 'value="2,5"' in pressed, "what was typed is shown, to be copied"
    assert str(gone.department) in pressed


def test_figures_of_a_department_that_came_meanwhile_stay(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    """A page that shows no row for a department says nothing about it."""
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "figures")))
    shown = {name: value for name, value in page.items() if not name.startswith("figures-1-")}
    before = sections.values(draft, "figures")

    browser.post(section(draft, "figures"), shown | {"figures-TOTAL_FORMS": "1"})

    assert sections.values(fresh(draft), "figures") == before


def test_rent_of_a_department_that_left_meanwhile_is_not_dropped_silently(
    sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    draft.rent_supports.all().delete()
    page = filled_in(browser.get(section(draft, "rent")), wants_rent_support="yes")
    first = draft.application_departments.first()
    assert first is not None
    first.delete()

    said = autosave(browser, draft, page | {"rent-0-amount_per_m2": "20"}, "rent")

    assert said["state"] == "invalid"
    assert "er ikke længere med i ansøgningen" in said["told"]


def test_rent_that_did_not_change_is_left_alone(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    period = {**date_parts("rent-0-starts_on", 1, 1, 2028), **date_parts("rent-0-ends_on", 31, 12, 2031)}
    period |= {name.replace("-0-", "-1-"): value for name, value in period.items()}
    page = filled_in(browser.get(section(draft, "rent")), wants_rent_support="yes") | period
    page["seen"] = autosave(browser, draft, page | {"rent-0-amount_per_m2": "20"}, "rent")["seen"]
    row = draft.rent_supports.get()

    page["seen"] = autosave(browser, draft, page | {"rent-0-amount_per_m2": "25", "rent-1-amount_per_m2": "30"}, "rent")["seen"]

    assert draft.rent_supports.values_list("pk", "amount_per_m2").first() == (row.pk, Decimal(25))
    assert draft.rent_supports.count() == 2


def test_what_is_typed_and_not_kept_is_told(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "rent")), wants_rent_support="no")

    refused = autosave(browser, draft, page | {"rent-0-amount_per_m2": "20"}, "rent")

    assert refused["state"] == "saved"
    assert "Beløb gemmes først, når I svarer ja" in refused["told"]
    row = draft.application_departments.first()
    assert row is not None
    page = filled_in(browser.get(section(draft, "departments")), **{f"correction_{row.department_id}": "Forkert areal"})
    page["departments"] = [key for key in page["departments"] if key != str(row.department_id)]
    told = autosave(browser, draft, page, "departments")["told"]
    assert told.startswith("Gemt kl. 10:00. ")
    assert "uden hak" in told


def test_a_problem_is_saved_with_its_figure_and_an_unticked_one_without(
    sign_in: SignIn, empty_draft: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(empty_draft)))
    typed = {"problem_types": ["VIOLENCE"], "figures-3-value": "17,5", "figures-3-year": "2025", "figures-4-value": "3"}

    browser.post(section(empty_draft), page | typed)

    row = empty_draft.problem_figures.get()
    assert (row.problem, row.value, row.unit, row.year) == ("VIOLENCE", Decimal("17.5"), "anmeldelser om året", 2025)
    assert filled_in(browser.get(section(empty_draft)))["figures-3-value"] == ["17,5"]


def test_key_figures_or_a_reason_are_saved_per_department(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "figures")))
    assert page["figures-0-convicted_pct"] == ["41,5"]

    browser.post(section(draft, "figures"), page | {"figures-0-convicted_pct": "2,75", "figures-1-absence": "For få beboere"})

    first, second = draft.department_figures.all()
    assert (first.convicted_pct, first.is_complete) == (Decimal("2.750"), True)
    assert (second.absence, second.is_complete) == ("For få beboere", False)


def test_too_large_a_share_is_told_beside_the_field(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "figures")))

    answer = browser.post(section(draft, "figures"), page | {"figures-0-convicted_pct": "101"}).content.decode()

    assert "Tallet må højst være 100" in answer


# Master data


def test_master_data_are_confirmed_with_what_the_register_said_that_day(
    sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    row = draft.application_departments.select_related("department").first()
    assert row is not None
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "departments")))
    assert page["is_confirmed"] == ["on"]

    wrong = {f"correction_{row.department_id}": "Der er 120 boliger."}
    browser.post(section(draft, "departments"), page | wrong)

    row = draft.application_departments.select_related("department").get(department=row.department_id)
    assert row.master_data is not None
    assert (row.master_data["floor_area_m2"], row.master_data["dwellings"], row.master_data["residents"]) == ("8200.00", 110, 260)
    assert (row.master_data_on, row.correction) == (datetime.date(2026, 11, 22), "Der er 120 boliger.")


def test_a_register_that_changed_since_asks_for_it_anew(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    row = draft.application_departments.select_related("department").first()
    assert row is not None
    row.department.dwellings = 140
    row.department.save()
    browser = sign_in(applicant)

    page = browser.get(section(draft, "departments"))

    assert "Registeret er ændret, siden I så det efter: " + str(row.department) in page.content.decode()
    assert "is_confirmed" not in filled_in(page)


@pytest.mark.parametrize("headers", [AUTOSAVE, {}])
def test_what_the_page_did_not_show_is_not_confirmed(
    headers: dict[str, str], sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    """The register changed while the page was open with its tick."""
    row = draft.application_departments.select_related("department").first()
    assert row is not None
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "departments")))
    row.department.dwellings = 140
    row.department.save()

    answer = browser.post(
        section(draft, "departments"), page | {f"correction_{row.department_id}": "Der"}, headers=headers, follow=not headers
    )

    rows = {one.department_id: one for one in draft.application_departments.all()}
    assert rows[row.department_id].master_data_on is None
    assert rows[row.department_id].correction == "Der"
    assert all(one.master_data_on for one in rows.values() if one.department_id != row.department_id)
    text = answer.json()["told"] if headers else answer.content.decode()
    assert "er ændret, mens siden var åben" in text


def test_departments_that_nobody_confirmed_cannot_be_sent(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = filled_in(browser.get(section(draft, "departments")), is_confirmed=None)
    browser.post(section(draft, "departments"), page)

    submit = reverse("applications:submit", args=[draft.case_number])
    answer = browser.post(submit, filled_in(browser.get(submit)) | {"declared": "on"}).content.decode()

    assert "Se stamdata efter, og bekræft dem" in answer
    draft.refresh_from_db()
    assert draft.submitted_at is None
