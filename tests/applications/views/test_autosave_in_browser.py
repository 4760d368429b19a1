"""What somebody types in Chromium is found again: network down, tab closed, session expired, two colleagues in one section.

And the pages of the prequalification as people see them: wide, at 390 px, empty, filled, with errors.
"""

from __future__ import annotations

import re
import time

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import APIResponse, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from applications.models import Application
from tests.browser import Visit, Watch, inspect
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Områdets sociale udfordringer"
LONG = "Mange unge står uden uddannelse, og nabostøjen går ud over søvnen. " * 60
SAVED = re.compile(r"^Gemt kl\. \d\d:\d\d$")


@pytest.fixture
def draft(case_cast: CaseCast) -> Application:
    return cases.make_draft(case_cast)


def section(application: Application, name: str = "challenges") -> str:
    return reverse("applications:section", args=[application.case_number, name])


def stored(application: Application) -> str:
    return Application.objects.get(pk=application.pk).challenges


def test_what_is_typed_is_saved_within_five_seconds(visit: Visit, draft: Application, applicant: Actor) -> None:
    page = visit(applicant, section(draft))
    page.get_by_label(TEXT).fill(LONG)
    page.get_by_label("Vold", exact=True).check()
    page.get_by_role("group", name="Tal 4").get_by_label("Tal", exact=True).fill("17,5")
    page.get_by_role("group", name="Tal 4").get_by_label("År").fill("2025")

    expect(page.locator("[data-autosave-words]")).to_have_text(SAVED, timeout=5_000)
    assert stored(draft) == LONG.strip()
    assert draft.problem_figures.get(problem="VIOLENCE").year == 2025
    inspect(page, "prequalification challenges saved by itself")

    page.get_by_label(TEXT).fill("Kortere")
    expect(page.locator("[data-autosave-words]")).to_have_text("Ikke gemt endnu.")
    page.get_by_role("button", name="Gem og gå til oversigten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ansøgning")
    assert stored(draft) == "Kortere"


def test_what_is_typed_while_the_network_is_down_is_saved_when_it_is_back(
    visit: Visit, draft: Application, applicant: Actor, watch: Watch
) -> None:
    page = visit(applicant, section(draft))
    page.context.set_offline(True)
    page.get_by_label(TEXT).fill(LONG)
    expect(page.locator("[data-autosave-words]")).to_contain_text("Der er ingen forbindelse")
    inspect(page, "prequalification offline")
    page.get_by_label(TEXT).press_sequentially("Og mere. ")
    expect(page.get_by_label(TEXT)).to_have_value(re.compile(r"Og mere\."))
    page.context.set_offline(False)

    expect(page.locator("[data-autosave-words]")).to_have_text(SAVED)
    assert "Og mere." in stored(draft)
    watch.problems[:] = [problem for problem in watch.problems if "ERR_INTERNET_DISCONNECTED" not in problem]


def test_what_is_typed_is_found_again_when_the_tab_was_closed(visit: Visit, draft: Application, applicant: Actor) -> None:
    page = visit(applicant, section(draft))
    page.get_by_label(TEXT).fill("Skrevet lige før fanen blev lukket")
    page.close(run_before_unload=True)
    for _attempt in range(50):  # the browser sends it on its own, after the page is gone
        if stored(draft) != cases.CHALLENGES:
            break
        time.sleep(0.1)

    again = visit(applicant, section(draft))
    expect(again.get_by_label(TEXT)).to_have_value("Skrevet lige før fanen blev lukket")


def test_what_is_typed_after_the_session_expired_is_saved_once_signed_in_in_another_tab(
    visit: Visit, draft: Application, applicant: Actor, live_server: LiveServer
) -> None:
    page = visit(applicant, section(draft))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_label(TEXT).fill(LONG)
    expect(page.locator("[data-autosave-words]")).to_contain_text("Du er logget ud")
    inspect(page, "prequalification signed out")
    assert stored(draft) == cases.CHALLENGES

    client = Client()
    assert applicant.user is not None
    client.force_login(applicant.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    expect(page.locator("[data-autosave-words]")).to_have_text(SAVED)
    assert stored(draft) == LONG.strip()


def test_lost_answers_buttons_without_a_network_and_the_back_button_lose_nothing(
    visit: Visit, draft: Application, applicant: Actor, watch: Watch
) -> None:
    page = visit(applicant, section(draft))
    text, words = page.get_by_label(TEXT), page.locator("[data-autosave-words]")
    lost: list[APIResponse] = []

    def lose_the_first(route: Route) -> None:
        if lost or route.request.method != "POST":
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route(f"**{section(draft)}", lose_the_first)
    text.fill("Gemt, men ingen sagde det")
    expect(words).to_contain_text("Der er ingen forbindelse")
    assert stored(draft) == "Gemt, men ingen sagde det"
    text.fill("Skrevet videre")
    expect(words).to_have_text(SAVED)
    assert stored(draft) == "Skrevet videre"
    page.unroute_all()

    page.context.set_offline(True)
    text.fill("Trykket uden forbindelse")
    page.get_by_role("button", name="Gem og gå til oversigten").click()
    expect(words).to_contain_text("Der er ingen forbindelse")
    expect(text).to_have_value("Trykket uden forbindelse")
    page.context.set_offline(False)
    page.get_by_role("group", name="Tal 2").get_by_label("Hvor kommer tallet fra?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nøgletal")
    assert stored(draft) == "Trykket uden forbindelse"

    Application.objects.filter(pk=draft.pk).update(challenges="Kollegaens")
    page.go_back()
    expect(text).to_have_value("Kollegaens")
    watch.problems[:] = [one for one in watch.problems if "ERR_INTERNET_DISCONNECTED" not in one and "ERR_FAILED" not in one]


def test_a_section_that_cannot_be_saved_any_more_says_so_once(
    visit: Visit, draft: Application, applicant: Actor, watch: Watch
) -> None:
    watch.expects(404)
    page = visit(applicant, section(draft))
    page.route(f"**{section(draft)}", lambda route: route.fulfill(status=404, body="Findes ikke"))
    page.get_by_label(TEXT).fill("Nu uden adgang")
    words = page.locator("[data-autosave-words]")
    expect(words).to_contain_text("Kopiér det, du har skrevet")
    page.get_by_role("button", name="Gem og gå til oversigten").click()
    expect(words).to_contain_text("Kopiér det, du har skrevet")
    expect(page.get_by_label(TEXT)).to_have_value("Nu uden adgang")


def test_two_colleagues_in_one_section_both_find_what_they_typed(
    visit: Visit, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    first, second = visit(applicant, section(draft)), visit(colleague, section(draft))
    first.get_by_label(TEXT).fill("Den førstes udgave")
    expect(first.locator("[data-autosave-words]")).to_have_text(SAVED)

    second.get_by_label(TEXT).fill("Den andens udgave")
    expect(second.locator("[data-autosave-words]")).to_contain_text("En anden har gemt her")
    second.get_by_role("button", name="Vis begge udgaver").click()
    expect(second.get_by_text("Den førstes udgave")).to_be_visible()
    expect(second.get_by_label(TEXT)).to_have_value("Den andens udgave")
    inspect(second, "prequalification both versions")
    assert stored(draft) == "Den førstes udgave"
    second.get_by_role("button", name="Gem min udgave").click()

    expect(second.get_by_role("heading", level=1)).to_have_text("Nøgletal")
    assert stored(draft) == "Den andens udgave"


def test_sections_look_right_empty_and_filled_and_with_errors(visit: Visit, case_cast: CaseCast) -> None:
    empty, filled = cases.make_empty_draft(case_cast), cases.make_draft(case_cast, title="Sammen " + "Boligsociale" * 9)
    page = visit(case_cast.applicant, section(empty, "figures"))
    site = page.url.removesuffix(section(empty, "figures"))
    inspect(page, "prequalification figures empty")
    page.goto(site + section(filled, "departments"))
    inspect(page, "prequalification departments filled")
    page.goto(site + section(filled, "figures"))
    page.get_by_role("group", name="11 Bakken 11").get_by_label("Dømte").fill("101")
    page.get_by_role("button", name="Gem og gå til oversigten").click()
    expect(page.get_by_text("Tallet må højst være 100").first).to_be_visible()
    inspect(page, "prequalification figures wrong")


def test_the_way_out_of_a_draft_looks_right(visit: Visit, case_cast: CaseCast) -> None:
    """Copy, the task list, check your answers, receipt."""
    empty, filled = cases.make_empty_draft(case_cast), cases.make_draft(case_cast, title="Sammen " + "Boligsociale" * 9)
    copying = reverse("applications:copy_sections", args=[empty.case_number])
    page = visit(case_cast.applicant, f"{copying}?source={filled.case_number}")
    site = page.url.partition(copying)[0]
    inspect(page, "prequalification copy")
    for name in ("application", "submit"):
        page.goto(site + reverse(f"applications:{name}", args=[filled.case_number]))
        inspect(page, f"prequalification {name}")
    page.get_by_label("Jeg erklærer").check()
    page.get_by_role("button", name="Indsend ansøgning").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ansøgningen er indsendt")
    inspect(page, "prequalification receipt")
