"""Recommended cases chosen from the list, seen together, decided together: in the browser's terms."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications import transitions
from applications.models import Application
from applications.states import State
from ledger.models import Entry
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.accounts import MembershipFactory
from tests.factories.applications import AT, MIO, CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

TO_DECIDE = "/cases/to-decide/"
TOGETHER = "/cases/decide-together/"


def recommended(cast: CaseCast, count: int) -> list[Application]:
    return [cases.make_recommended(cast, title=f"Indsats {number}") for number in range(count)]


def chosen(found: list[Application]) -> dict[str, list[int]]:
    return {"case": [one.case_number for one in found]}


def filled(client: Client, found: list[Application]) -> dict[str, object]:
    """What the page's form would send, as it was shown."""
    content = client.get(TOGETHER, chosen(found)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(seen_\d+)" value="([^"]+)"', content))
    reasons = {f"reason_{one.case_number}": f"Begrundelse {one.case_number}." for one in found}
    return {**chosen(found), **hidden, **reasons, "how": "each", "common": "", "is_sure": "on"}


def test_the_list_has_recommended_cases_alone(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_plan_submitted(case_cast, title="Ikke indstillet")
    cases.make_committed(case_cast, title="Allerede afgjort")
    (application,) = recommended(case_cast, 1)

    content = sign_in(case_cast.director).get(TO_DECIDE).content.decode()

    assert f'value="{application.case_number}"' in content
    assert "Ikke indstillet" not in content
    assert "Allerede afgjort" not in content
    assert "9.000.000 kr." in content


def test_an_empty_list_says_what_would_stand_there(case_cast: CaseCast, sign_in: SignIn) -> None:
    director = sign_in(case_cast.director)

    assert "Der er ingen lige nu" in director.get(TO_DECIDE).content.decode()
    assert "Ingen sager passer" in director.get(TO_DECIDE, {"q": "intet"}).content.decode()


def test_whoever_recommended_a_case_cannot_choose_it(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    (application,) = recommended(case_cast, 1)
    officer = case_cast.case_officer
    MembershipFactory.create(user=officer.user, organisation=officer.organisation, role=Role.DIRECTOR)

    content = sign_in(officer).get(TO_DECIDE).content.decode()

    assert "Indstillet af dig" in content
    assert f'id="id_case_{application.case_number}"' not in content


def test_the_list_is_filtered_sorted_paged_and_exported(case_cast: CaseCast, sign_in: SignIn) -> None:
    first, second = recommended(case_cast, 2)
    transitions.recommend(
        second, frame_year=2026, social_amount=MIO, rent_amount=Decimal(0), reason="Mindre.", by=case_cast.case_officer, at=AT
    )
    director = sign_in(case_cast.director)

    def numbers(**query: str) -> list[str]:
        return re.findall(r'name="case" id="id_case_(\d+)"', director.get(TO_DECIDE, query).content.decode())

    assert numbers(sort="total") == [str(second.case_number), str(first.case_number)]
    assert numbers(sort="-total") == [str(first.case_number), str(second.case_number)]
    assert numbers(q=str(first.case_number)) == [str(first.case_number)]
    assert numbers(year="2026") == [str(first.case_number), str(second.case_number)]
    assert numbers(municipality=first.municipality.code, year="wrong") == [str(first.case_number), str(second.case_number)]
    assert director.get(TO_DECIDE, {"page": "2"}).status_code == 404
    exported = b"".join(director.get(TO_DECIDE, {"_export": "csv", "sort": "number"})).decode()
    assert f"{second.case_number};Indsats 1" in exported
    assert "1000000,00" in exported


def test_the_list_and_the_preview_ask_as_often_for_two_as_for_many(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    director = sign_in(case_cast.director)
    found = recommended(case_cast, 2)
    director.get(TO_DECIDE)

    def asked(path: str, query: dict[str, list[int]]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert director.get(path, query).status_code == 200
        return len(queries)

    few = asked(TO_DECIDE, {}), asked(TOGETHER, chosen(found))
    found += recommended(case_cast, 4)

    assert (asked(TO_DECIDE, {}), asked(TOGETHER, chosen(found))) == few
    assert max(few) <= 35


def test_the_preview_shows_before_chosen_and_after_and_changes_nothing(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast, total=50 * MIO, rent=20 * MIO)
    found = recommended(case_cast, 2)

    content = sign_in(case_cast.director).get(TOGETHER, chosen(found)).content.decode()

    for amount in ("50.000.000 kr.", "18.000.000 kr.", "32.000.000 kr.", "41.000.000 kr."):
        assert amount in content
    assert "Giv tilsagn i 2 sager" in content
    assert not Entry.objects.exists()


def test_decided_together_all_are_committed_with_their_own_reasons(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 3)
    director = sign_in(case_cast.director)

    answer = director.post(TOGETHER, filled(director, found), follow=True)

    assert "Der er givet tilsagn i 3 sager på i alt 27.000.000 kr." in answer.content.decode()
    for application in found:
        application.refresh_from_db()
        assert application.state == State.COMMITTED
        assert application.decisions.get(outcome="COMMITTED").reasons == f"Begrundelse {application.case_number}."


def test_one_reason_for_all(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)

    director.post(TOGETHER, filled(director, found) | {"how": "common", "common": "Fælles begrundelse."})

    assert {one.decisions.get(outcome="COMMITTED").reasons for one in found} == {"Fælles begrundelse."}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"is_sure": ""}, "Sæt hak for at give tilsagn i sagerne"),
        ({"how": "common"}, "Skriv den begrundelse, som alle sagerne skal have"),
        ({"how": "neither"}, "Vælg en af mulighederne"),
        ({"how": ""}, "Vælg: Begrundelse"),
        ({"how": "common", "common": "x" * 8001}, "8000"),
    ],
)
def test_wrong_input_is_told_and_nothing_happens(
    case_cast: CaseCast, sign_in: SignIn, changed: dict[str, str], said: str
) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)

    answer = director.post(TOGETHER, filled(director, found) | changed)

    assert said in answer.content.decode()
    assert not Entry.objects.exists()


def test_a_case_without_a_reason_of_its_own_is_named(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)

    answer = director.post(TOGETHER, filled(director, found) | {f"reason_{found[1].case_number}": "  "})

    assert f"Skriv en begrundelse for sag {found[1].case_number}." in answer.content.decode()
    assert not Entry.objects.exists()


def test_what_does_not_fit_is_shown_beforehand_with_the_way_on(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=MIO)
    first, second = found = recommended(case_cast, 2)

    content = sign_in(case_cast.director).get(TOGETHER, chosen(found)).content.decode()

    assert f"Der er ikke plads til: {second.case_number}." in content
    assert f'href="{TOGETHER}?case={first.case_number}">Fortsæt uden' in content
    assert "Giv tilsagn i 2 sager" not in content


def test_a_frame_that_filled_meanwhile_refuses_and_keeps_what_was_written(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast, total=20 * MIO, rent=MIO)
    found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)
    posted = filled(director, found)
    cases.make_committed(case_cast, title="Den tredje")

    content = director.post(TOGETHER, posted).content.decode()

    assert "Der er ikke givet tilsagn i nogen af sagerne." in content
    assert "er der 11.000.000 kr. tilbage" in content
    assert f"Begrundelse {found[0].case_number}." in content
    assert Entry.objects.count() == 1


def test_a_case_that_changed_meanwhile_is_named_and_shown_as_it_is_now(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    first, second = found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)
    posted = filled(director, found)
    transitions.recommend(
        first, frame_year=2026, social_amount=8 * MIO, rent_amount=Decimal(0), reason="Mindre.", by=case_cast.case_officer, at=AT
    )

    answer = director.post(TOGETHER, posted)
    content = answer.content.decode()

    assert f"Indstillingen i sag {first.case_number} er ændret eller gælder ikke længere." in content
    assert "17.000.000 kr." in content
    assert not Entry.objects.exists()
    # What is shown now can be decided: the page carries the new recommendation.
    hidden = dict(re.findall(r'<input type="hidden" name="(seen_\d+)" value="([^"]+)"', content))
    director.post(TOGETHER, posted | hidden)
    second.refresh_from_db()
    assert second.state == State.COMMITTED


def test_sent_twice_the_second_is_told_and_leads_back(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    director = sign_in(case_cast.director)
    posted = filled(director, found)
    director.post(TOGETHER, posted)

    answer = director.post(TOGETHER, posted, follow=True)

    assert "har fået en anden status: Tilsagn givet" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == TO_DECIDE
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["", "?case=", "?case=abc", "?case=1", "?" + "&".join(f"case={100_000 + n}" for n in range(51))]
)
def test_none_too_many_or_nonsense_leads_back_to_the_list(case_cast: CaseCast, sign_in: SignIn, query: str) -> None:
    answer = sign_in(case_cast.director).get(TOGETHER + query, follow=True)

    assert "Vælg mindst en sag og højst 50." in answer.content.decode()


def test_cases_that_are_not_to_be_decided_are_named_and_left_out(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    (application,) = recommended(case_cast, 1)

    content = sign_in(case_cast.director).get(TOGETHER, {"case": [application.case_number, 999_999]}).content.decode()

    assert "Sag 999999 er ikke til afgørelse og er udeladt." in content
    assert "Giv tilsagn i 1 sag" in content


def test_the_start_page_and_the_list_of_cases_lead_here(case_cast: CaseCast, sign_in: SignIn) -> None:
    recommended(case_cast, 1)

    for path in ("/", reverse("applications:list")):
        assert f'href="{TO_DECIDE}"' in sign_in(case_cast.director).get(path).content.decode()
        assert f'href="{TO_DECIDE}"' not in sign_in(case_cast.case_officer).get(path).content.decode()
