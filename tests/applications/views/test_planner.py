"""The planner's pages: the line, scenarios, side by side, the forecast, and their files."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.actors import Actor
from applications import transitions
from applications.models import Application, Scenario
from tests.applications.conftest import SignIn
from tests.applications.lines import REASON, give_priority, make_scenario, set_case, waiting
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast
from tests.ledger.acts import reserve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def officer(case_cast: CaseCast, sign_in: SignIn) -> Client:
    return sign_in(case_cast.case_officer)


@pytest.fixture
def line(case_cast: CaseCast) -> list[Application]:
    """20 mio. for three cases that ask for 25, and the year after with nothing of its own."""
    cases.make_frame(case_cast, 2026, total=20 * MIO, rent=10 * MIO)
    cases.make_frame(case_cast, 2027, total=Decimal(0), rent=Decimal(0))
    return waiting(case_cast, 12, 9, 4)


def read(client: Client, name: str, *args: Any, query: str = "") -> str:
    response = client.get(reverse(f"planner:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def post(client: Client, address: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"planner:{address}", args=args), data)


SETTINGS = {"name": "Nye veje", "note": "Hvad nu hvis?", "passing": "STRICT", "carrying": "OWN", "is_shared": "on"}


# The line


def test_the_page_says_which_fit_and_what_is_left(officer: Client, line: list[Application]) -> None:
    html = read(officer, "plan")

    assert "Der er plads til 1 sag af 3." in html
    assert "De øvrige beder om 13.000.000 kr." in html
    assert "Plads i 2027" in html
    assert "der er ikke plads i rammen; der mangler 1.000.000 kr." in html
    assert "en sag foran venter" in html
    assert html.index(str(line[0].case_number)) < html.index(str(line[1].case_number)) < html.index(str(line[2].case_number))


def test_priority_is_shown_with_its_list(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    listed = cases.make_area(case_cast, key="gellerup", name="Gellerupparken")
    give_priority(listed)
    [case] = waiting(case_cast, 1, area=listed)

    html = read(officer, "plan")
    assert "Listen af 01.12.2025" in html
    first, *_ = rows_of(officer, reverse("planner:plan") + "?_export=csv")
    assert first["Sagsnummer"] == str(case.case_number)
    assert str(line[0].case_number) not in read(officer, "plan", query="?priority=yes")


def test_where_an_amount_comes_from_is_said(officer: Client, line: list[Application]) -> None:
    reserve(5 * MIO, case_reference=str(line[0].case_number), on=AT.date())

    html = read(officer, "plan")
    assert "Reserveret" in html
    assert "Søgt" in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?answer=fits", [0]),
        ("?answer=waits", [1, 2]),
        ("?q=etape 3", [2]),
        ("?sort=-amount", [0, 1, 2]),
        ("?sort=amount", [2, 1, 0]),
        ("?sort=-place", [2, 1, 0]),
        ("?sort=nonsense", [0, 1, 2]),
        ("?priority=yes", []),
    ],
)
def test_the_line_is_narrowed_and_sorted_by_the_address(
    query: str, shown: list[int], *, officer: Client, line: list[Application]
) -> None:
    page = officer.get(reverse("planner:plan") + query).context["page_obj"]

    assert [row.number for row in page] == [line[index].case_number for index in shown]


def test_a_filter_that_finds_nothing_and_an_empty_line_say_so(officer: Client, case_cast: CaseCast) -> None:
    assert "Der er ingen lige nu" in read(officer, "plan")
    assert "Der er ingen åben ramme i år eller næste år" in read(officer, "plan")
    waiting(case_cast, 1)
    assert "Ingen sager passer" in read(officer, "plan", query="?q=findes ikke")


def test_the_files_say_what_the_page_says(officer: Client, line: list[Application]) -> None:
    rows = rows_of(officer, reverse("planner:plan") + "?_export=csv")
    assert [(row["Plads"], row["I alt"], row["Plads i rammen for"], row["Mangler"]) for row in rows] == [
        ("1", "12000000,00", "2027", ""),
        ("2", "9000000,00", "", "1000000,00"),
        ("3", "4000000,00", "", ""),
    ]
    book = load_workbook(io.BytesIO(b"".join(officer.get(reverse("planner:plan") + "?_export=xlsx"))))
    assert [row[10] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == [12_000_000, 9_000_000, 4_000_000]


def test_a_scenarios_file_says_what_the_scenario_set(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    scenario = make_scenario(case_cast.case_officer)
    set_case(scenario, line[0], by=case_cast.case_officer, social_amount=5 * MIO)
    set_case(scenario, line[1], by=case_cast.case_officer, year=2026)

    rows = rows_of(officer, reverse("planner:scenario", args=[scenario.pk]) + "?_export=csv")
    assert [(row["Beløbet er"], row["Året er"]) for row in rows] == [
        ("Sat i scenariet", "Ventet afgørelse"),
        ("Søgt", "Sat i scenariet"),
        ("Søgt", "Ventet afgørelse"),
    ]


# Making, changing, copying


def test_a_scenario_is_made_and_begins_with_the_cases_as_they_are(officer: Client, line: list[Application]) -> None:
    response = post(officer, "new", **SETTINGS)

    scenario = Scenario.objects.get()
    assert response["Location"] == scenario.get_absolute_url()
    assert (scenario.name, scenario.is_shared) == ("Nye veje", True)
    html = read(officer, "scenario", scenario.pk)
    assert "Hvad nu hvis?" in html
    assert "plads til 1 sag" in html
    assert "Sagerne har ændret sig" not in html


def test_a_name_that_is_taken_is_said_beside_the_field(officer: Client, line: list[Application]) -> None:
    post(officer, "new", **SETTINGS)
    html = post(officer, "new", **SETTINGS | {"note": "Det skrev jeg"}).content.decode()

    assert "Du har allerede et scenarie, der hedder »Nye veje«" in html
    assert "Det skrev jeg" in html
    assert "Udfyld feltet: Navn" in post(officer, "new", **SETTINGS | {"name": " "}).content.decode()


def test_a_case_is_changed_in_the_scenario_and_the_effect_is_told(
    officer: Client, case_cast: CaseCast, line: list[Application]
) -> None:
    scenario = make_scenario(case_cast.case_officer)
    number = line[1].case_number

    form = read(officer, "case", scenario.pk, number)
    assert "Tomt felt følger sagen: 9.000.000 kr." in form
    response = post(officer, "case", scenario.pk, number, social_amount="4.000.000", reason="Kun første etape", seen=_seen(form))

    assert response["Location"] == f"{scenario.get_absolute_url()}#case-{number}"
    html = read(officer, "scenario", scenario.pk)
    assert "Der er nu plads til 3 sager, før til 1." in html
    assert "Sat i scenariet" in html
    assert "Kun første etape" in html
    assert "til den boligsociale indsats 4.000.000 kr." in html


def _seen(html: str) -> str:
    return html.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"place": "1"}, "Skriv, hvorfor sag"),
        ({"place": "9", "reason": REASON}, "kan stå på plads 1 til 3, ikke på plads 9"),
        ({"place": "x"}, "Skriv et helt tal"),
        ({"social_amount": "-1"}, "Beløbet skal være mindst 0 kr."),
        ({"social_amount": "mange"}, "Skriv beløbet i kroner"),
        ({"later_share": "100"}, "Tallet må højst være 99 %"),
        ({"year": "2030"}, "Vælg en af mulighederne"),
        ({"place": "99999999999999999999", "reason": REASON}, "kan stå på plads 1 til 3"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    data: dict[str, str], said: str, *, officer: Client, case_cast: CaseCast, line: list[Application]
) -> None:
    scenario = make_scenario(case_cast.case_officer)
    number = line[1].case_number
    typed = {"rent_amount": "123456", "seen": _seen(read(officer, "case", scenario.pk, number))} | data

    html = post(officer, "case", scenario.pk, number, **typed).content.decode()

    assert said in html
    assert "123456" in html
    assert not scenario.cases.exists()


def test_whoever_saves_second_sees_both(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    scenario = make_scenario(case_cast.case_officer)
    number = line[1].case_number
    seen = _seen(read(officer, "case", scenario.pk, number))
    set_case(scenario, line[1], by=case_cast.director, social_amount=3 * MIO)

    html = post(officer, "case", scenario.pk, number, social_amount="4000000", seen=seen).content.decode()
    assert "En kollega har ændret sagen" in html
    assert "3.000.000 kr. i 2027" in html
    assert 'value="4000000"' in html
    assert post(officer, "case", scenario.pk, number, social_amount="4000000", seen=_seen(html)).status_code == 302
    assert scenario.cases.get().social_amount == 4 * MIO


def test_a_case_that_left_leads_back_to_the_scenario(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    scenario = make_scenario(case_cast.case_officer)
    transitions.withdraw(line[0], by=case_cast.applicant, at=AT, reason="Vi venter et år.")

    address = reverse("planner:case", args=[scenario.pk, line[0].case_number])
    assert officer.get(address)["Location"] == scenario.get_absolute_url()
    html = read(officer, "scenario", scenario.pk)
    assert "Sagerne har ændret sig siden 22. november 2026" in html
    assert "er ude af rækken: Trukket tilbage" in html
    transitions.withdraw(line[1], by=case_cast.applicant, at=AT, reason="Vi også.")
    assert post(officer, "take_note", scenario.pk, seen=_seen(html))["Location"] == scenario.get_absolute_url()
    html = read(officer, "scenario", scenario.pk)
    assert "Der er sket mere med sagerne" in html
    assert f"Sag {line[1].case_number}" in html
    assert post(officer, "take_note", scenario.pk, seen=_seen(html)).status_code == 302
    assert "Sagerne har ændret sig" not in read(officer, "scenario", scenario.pk)


def test_another_year_is_told_beside_the_amount(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    scenario = make_scenario(case_cast.case_officer)
    reserve(5 * MIO, case_reference=str(line[0].case_number), on=AT.date())

    told = f"Sag {line[0].case_number} er ændret fra 12.000.000 kr. i 2027 til 5.000.000 kr. i 2026"
    assert told in read(officer, "scenario", scenario.pk)


def test_settings_are_the_owners_and_a_copy_is_for_everybody(
    officer: Client, case_cast: CaseCast, line: list[Application], sign_in: SignIn
) -> None:
    scenario = make_scenario(case_cast.case_officer)
    director = sign_in(case_cast.director)

    assert director.get(reverse("planner:settings", args=[scenario.pk])).status_code == 403
    assert "Kopi af Først de dyre" in read(director, "copy", scenario.pk)
    assert post(director, "copy", scenario.pk, **SETTINGS | {"is_shared": ""}).status_code == 302
    assert post(officer, "settings", scenario.pk, **SETTINGS | {"is_put_away": "on"}).status_code == 302
    assert "Nye veje" not in read(officer, "scenarios")
    assert "Nye veje" in read(officer, "scenarios", query="?whose=put_away")


def test_what_is_put_away_is_not_offered_for_comparison(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    scenario = make_scenario(case_cast.case_officer)
    address = reverse("planner:compare") + "?scenario=0"
    assert address in read(officer, "scenario", scenario.pk)

    post(officer, "settings", scenario.pk, **SETTINGS | {"is_put_away": "on"})
    assert address not in read(officer, "scenario", scenario.pk)


def test_a_private_scenario_does_not_exist_for_colleagues(case_cast: CaseCast, line: list[Application], sign_in: SignIn) -> None:
    scenario = make_scenario(case_cast.case_officer, shared=False)
    director = sign_in(case_cast.director)

    for name, args in (("scenario", []), ("settings", []), ("copy", []), ("case", [line[0].case_number])):
        assert director.get(reverse(f"planner:{name}", args=[scenario.pk, *args])).status_code == 404, name
    assert post(director, "take_note", scenario.pk).status_code == 404
    assert scenario.name not in read(director, "scenarios")
    assert scenario.name not in read(director, "compare")
    assert "findes ikke længere" in read(director, "compare", query=f"?scenario=0&scenario={scenario.pk}")


@pytest.mark.parametrize("who", ["applicant", "municipality", "auditor", "adviser", "outsider"])
def test_the_planner_is_the_funds(
    who: str, *, case_cast: CaseCast, line: list[Application], sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(who)
    scenario = make_scenario(case_cast.case_officer)
    visitor = sign_in(actor)

    for name, args in (
        ("plan", []),
        ("forecast", []),
        ("scenarios", []),
        ("new", []),
        ("compare", []),
        ("scenario", [scenario.pk]),
    ):
        assert visitor.get(reverse(f"planner:{name}", args=args)).status_code == 403, name
    assert "Planlægning" not in visitor.get("/").content.decode()


# Side by side


def test_scenarios_stand_side_by_side_with_their_differences(
    officer: Client, case_cast: CaseCast, line: list[Application]
) -> None:
    scenario = make_scenario(case_cast.case_officer, "Mindre nummer to")
    set_case(scenario, line[1], by=case_cast.case_officer, social_amount=4 * MIO)
    query = f"?scenario={scenario.pk}&scenario=0"

    html = read(officer, "compare", query=query)
    assert html.index("Sagerne, som de er</th>") < html.index("Mindre nummer to</a>")
    assert "Der er forskel på 2 sager." in html
    page = officer.get(reverse("planner:compare") + query + "&rows=differences").context["page_obj"]
    assert [across.case.number for across in page] == [line[1].case_number, line[2].case_number]
    rows = rows_of(officer, reverse("planner:compare") + query + "&_export=csv")
    assert [row["Mindre nummer to: plads i rammen for"] for row in rows] == ["2027", "2027", "2027"]
    assert [row["Sagerne, som de er: plads i rammen for"] for row in rows] == ["2027", "", ""]
    assert [row["Forskel"] for row in rows] == ["Nej", "Ja", "Ja"]
    rows = rows_of(officer, reverse("planner:compare") + query + "&rows=differences&_export=csv")
    assert [row["Sagsnummer"] for row in rows] == [str(line[1].case_number), str(line[2].case_number)]


def test_two_of_the_same_name_stand_with_their_owners(officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    made = [make_scenario(by, "Samme navn") for by in (case_cast.case_officer, case_cast.director)]

    query = "?" + "&".join(f"scenario={one.pk}" for one in made)
    names = [side.name for side in officer.get(reverse("planner:compare") + query).context["sides"]]
    assert names == [f"Samme navn ({one.owner})" for one in made]
    assert {f"{name}: beløb" for name in names} < rows_of(officer, reverse("planner:compare") + query + "&_export=csv")[0].keys()


@pytest.mark.parametrize("query", ["?scenario=0", "?scenario=x&scenario=0", "?scenario=0&scenario=1&scenario=2&scenario=3"])
def test_one_or_four_are_not_compared(query: str, officer: Client, case_cast: CaseCast, line: list[Application]) -> None:
    make_scenario(case_cast.case_officer)

    html = read(officer, "compare", query=query)
    assert "Det samlede billede" not in html
    assert "Der er problemer" in html


def test_without_scenarios_there_is_nothing_to_compare(officer: Client) -> None:
    assert "Der er ingen endnu" in read(officer, "compare")
    assert "Her står de scenarier, der er delt, og dine egne" in read(officer, "scenarios")


# The forecast


def test_the_forecast_says_when_the_frame_is_used(officer: Client, line: list[Application]) -> None:
    html = read(officer, "forecast")
    assert "Efter det ventede holder rammen til og med december 2027." in html

    sure = "?" + "&".join(f"probability_{stage}=100&months_{stage}=1" for stage in STAGES)
    html = read(officer, "forecast", query=sure)
    assert "Efter det ventede er rammen brugt i december 2026." in html
    assert "Tilbage til portalens antagelser" in html


STAGES = ("DRAFT", "SUBMITTED", "UNDER_ASSESSMENT", "WAITING_LIST", "PREQUALIFIED", "PLAN", "PLAN_SUBMITTED", "RECOMMENDED")


def test_an_assumption_that_makes_no_sense_is_said_and_the_portals_own_count(officer: Client, line: list[Application]) -> None:
    html = read(officer, "forecast", query="?probability_PLAN=150&months_PLAN=99")

    assert "Tallet må højst være 100 %" in html
    assert "Antallet af måneder skal være mellem 0 og 60." in html
    assert "Efter det ventede holder rammen" in html


def test_the_forecast_is_fetched_as_a_file_that_adds_up(officer: Client, line: list[Application]) -> None:
    rows = rows_of(officer, reverse("planner:forecast") + "?_export=csv")

    assert len(rows) == 14
    assert {row["Fri i rammerne"] for row in rows} == {"20000000,00"}


def test_without_a_frame_the_forecast_still_tells_of_the_cases(officer: Client, case_cast: CaseCast) -> None:
    waiting(case_cast, 7)

    html = read(officer, "forecast")
    assert "så der er intet at holde sagerne op imod" in html
    assert "7.000.000 kr." in html


# Two and two hundred


@pytest.mark.parametrize("name", ["plan", "forecast", "scenario", "case", "compare", "scenarios"])
def test_two_hundred_cases_take_as_many_queries_as_two(name: str, *, officer: Client, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    scenario = make_scenario(case_cast.case_officer)
    first = waiting(case_cast, 1, 1)
    scenarios_made = [scenario, make_scenario(case_cast.case_officer, "Et andet")]
    address = {
        "scenario": reverse("planner:scenario", args=[scenario.pk]),
        "case": reverse("planner:case", args=[scenario.pk, first[0].case_number]),
        "compare": reverse("planner:compare") + "?scenario=0" + "".join(f"&scenario={one.pk}" for one in scenarios_made),
    }.get(name) or reverse(f"planner:{name}")
    set_case(scenario, first[0], by=case_cast.case_officer, social_amount=2 * MIO)
    officer.get(address)

    counted = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(address).status_code == 200
        counted.append(len(asked))
        if _round == 0:
            for case in waiting(case_cast, *([1] * 198))[:40]:
                set_case(scenario, case, by=case_cast.case_officer, social_amount=MIO)
    assert counted[0] == counted[1]
    assert counted[0] <= 25


@pytest.mark.parametrize("name", ["plan", "scenarios"])
@pytest.mark.parametrize("page", ["9999", "0", "x"])
def test_a_page_that_is_not_there_is_404(name: str, page: str, officer: Client, line: list[Application]) -> None:
    assert officer.get(reverse(f"planner:{name}") + f"?page={page}").status_code == 404
