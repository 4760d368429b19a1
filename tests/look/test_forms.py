"""Fields that read Danish, messages that name their field, and rules that answer beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from lbf_portal.lib.forms import (
    AmountField,
    DateField,
    DecimalField,
    FilterForm,
    LongTextField,
    PercentField,
    PortalForm,
    apply_violations,
)
from lbf_portal.lib.refusals import Violation
from lbf_portal.look.templatetags.dkfds import error_links, is_marked_optional
from tests.look.gallery import EveryField, RowFormSet


class OneOfEach(PortalForm):
    amount = AmountField(label="Beløb", max_value=Decimal(500_000))
    share = PercentField(label="Andel i %")
    area = DecimalField(label="Areal", places=1, min_value=Decimal(1))
    on = DateField(label="Startdato")
    text = LongTextField(label="Udfordringer", max_length=10)


def send(**data: str) -> OneOfEach:
    return OneOfEach(data)


def date_parts(day: str = "", month: str = "", year: str = "") -> dict[str, str]:
    return {"on_day": day, "on_month": month, "on_year": year}


GOOD = {"amount": "250.000,00", "share": "25,5", "area": "1.250,5", "text": "æøå", **date_parts("1", "2", "2027")}


def test_what_danes_write_becomes_decimals_dates_and_fractions() -> None:
    form = send(**GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "amount": Decimal("250000.00"),
        "share": Decimal("0.255"),
        "area": Decimal("1250.5"),
        "on": dt.date(2027, 2, 1),
        "text": "æøå",
    }


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("amount", "250.00", "Skriv beløbet i kroner, fx 250000 eller 250.000,00"),
        ("amount", "-1", "Beløbet skal være mindst 0 kr."),
        ("amount", "500000,01", "Beløbet må højst være 500.000 kr."),
        ("amount", "", "Udfyld feltet: Beløb"),
        ("share", "100,5", "Tallet må højst være 100 %"),
        ("share", "halv", "Skriv procenten som et tal, fx 25 eller 25,5"),
        ("share", "", "Udfyld feltet: Andel i %"),
        ("area", "1,25", "Skriv tallet med højst 1 decimaler"),
        ("area", "0,9", "Tallet skal være mindst 1"),
        ("text", "x" * 11, "Udfordringer: Skriv højst 10 tegn, der er nu 11"),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_do(field: str, typed: str, message: str) -> None:
    assert send(**{**GOOD, field: typed}).errors[field] == [message]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("", "", ""), "Udfyld feltet: Startdato"),
        (("1", "", "2027"), "Skriv hele datoen: måned mangler"),
        (("1", "", ""), "Skriv hele datoen: måned, år mangler"),
        (("29", "2", "2027"), "Datoen 29.2.2027 findes ikke i kalenderen"),
        (("1", "13", "2027"), "Datoen 1.13.2027 findes ikke i kalenderen"),
        (("1", "2", "27"), "Skriv årstallet med fire cifre, fx 2026"),
        (("1", "februar", "2027"), "Skriv datoen med tal for dag, måned og år, fx 12 11 2026"),
        (("²", "2", "2027"), "Skriv datoen med tal for dag, måned og år, fx 12 11 2026"),
    ],
)
def test_a_date_says_which_part_is_wrong(parts: tuple[str, str, str], message: str) -> None:
    assert send(**{**GOOD, **date_parts(*parts)}).errors["on"] == [message]


@pytest.mark.parametrize("parts", [("29", "2", "2028"), ("01", "01", "2027"), (" 31 ", "12", "2026")])
def test_leap_days_leading_zeros_and_spaces_are_dates(parts: tuple[str, str, str]) -> None:
    assert send(**{**GOOD, **date_parts(*parts)}).is_valid()


def test_line_breaks_count_as_the_one_character_people_see() -> None:
    form = send(**{**GOOD, "text": "12345\r\n7890"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["text"] == "12345\n7890"


def test_saved_values_come_back_as_they_would_be_typed() -> None:
    form = OneOfEach(
        initial={
            "amount": Decimal("1250000.50"),
            "share": Decimal("0.255"),
            "area": Decimal("12.50"),
            "on": dt.date(2027, 2, 1),
        }
    )
    assert [form[name].value() for name in ("amount", "share", "area")] == ["1.250.000,50", "25,5", "12,5"]
    assert 'value="2027"' in str(form["on"])


def test_what_was_typed_comes_back_after_an_error() -> None:
    form = send(**{**GOOD, "amount": "12.5"})
    assert form["amount"].value() == "12.5"


def test_a_message_written_for_the_field_is_kept() -> None:
    class Chooser(PortalForm):
        department = forms.ChoiceField(label="Afdeling", choices=[("1", "A")], error_messages={"required": "Vælg en afdeling"})

    assert Chooser({}).errors["department"] == ["Vælg en afdeling"]


def test_messages_follow_the_language_of_the_reader() -> None:
    with translation.override("en"):
        english = send(**{**GOOD, "amount": ""}).errors["amount"]
    assert english == ["Fill in: Beløb"]


def test_every_error_link_reads_differently() -> None:
    class Two(PortalForm):
        grant = AmountField(label="Ansøgt beløb")
        own = AmountField(label="Eget bidrag")

    links = error_links(Two({"grant": "x", "own": "y"}))
    assert [link.text for link in links] == [
        "Ansøgt beløb: Skriv beløbet i kroner, fx 250000 eller 250.000,00",
        "Eget bidrag: Skriv beløbet i kroner, fx 250000 eller 250.000,00",
    ]
    assert [link.target for link in links] == ["id_grant", "id_own"]


def test_error_links_lead_to_the_first_of_several_inputs() -> None:
    targets = {link.target for link in error_links(EveryField({}, {}))}
    assert {"id_kind_0", "id_efforts_0", "id_starts_on_0", "id_is_true"} <= targets


def test_error_links_of_rows_name_their_row() -> None:
    data = {"r-TOTAL_FORMS": "2", "r-INITIAL_FORMS": "0", "r-0-amount": "x", "r-1-amount": "y"}
    texts = [link.text for link in error_links([RowFormSet(data, prefix="r")])]
    assert "Post 2, Beløb: Skriv beløbet i kroner, fx 250000 eller 250.000,00" in texts
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("source", [None, "", OneOfEach(), RowFormSet(prefix="r"), []])
def test_nothing_sent_is_no_error(source: object) -> None:
    assert error_links(source) == []


def test_empty_rows_are_ignored_and_removed_rows_are_not_used() -> None:
    data = {
        "r-TOTAL_FORMS": "3",
        "r-INITIAL_FORMS": "0",
        "r-0-source": "Kommune",
        "r-0-amount": "100",
        "r-1-source": "",
        "r-1-amount": "",
        "r-2-source": "Fejl",
        "r-2-amount": "1",
        "r-2-DELETE": "on",
    }
    formset = RowFormSet(data, prefix="r")
    assert formset.is_valid(), formset.errors
    assert [row["source"] for row in formset.filled] == ["Kommune"]


def test_asking_for_more_rows_saves_nothing() -> None:
    formset = RowFormSet({"r-TOTAL_FORMS": "1", "r-INITIAL_FORMS": "0", "r-more": "1"}, prefix="r")
    assert not formset.is_valid()
    assert len(formset.forms) == 4


def test_rows_that_were_asked_for_come_back_with_the_next_post() -> None:
    posted = QueryDict("r-TOTAL_FORMS=1&r-INITIAL_FORMS=0&r-MIN_NUM_FORMS=0&r-MAX_NUM_FORMS=1000&r-more=1")
    shown = RowFormSet(posted, prefix="r").management_form
    assert [shown[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MAX_NUM_FORMS")] == ["4", "0", "1000"]


def test_filters_do_not_call_every_field_voluntary() -> None:
    class Filters(FilterForm):
        query = forms.CharField(required=False)

    class Plain(PortalForm):
        query = forms.CharField(required=False)

    assert not is_marked_optional(Filters()["query"])
    assert is_marked_optional(Plain()["query"])


def violation(field: str = "", code: str = "c11", *, is_blocking: bool = True) -> Violation:
    return Violation(code, "Den lokale andel er %(share)s.", "R75", field, {"share": "24 %"}, is_blocking)


@pytest.mark.parametrize(
    ("answer", "field_map", "lands_on"),
    [
        (violation("amount"), None, "amount"),
        (violation("fund_amount"), {"fund_amount": "amount"}, "amount"),
        (violation("amount"), {"c11": "share"}, "share"),
        (violation("elsewhere"), None, "__all__"),
        (violation(), None, "__all__"),
    ],
)
def test_a_rules_answer_stands_beside_the_field_it_is_about(
    answer: Violation, field_map: dict[str, str] | None, lands_on: str
) -> None:
    form = send(**GOOD)
    assert apply_violations(form, [answer], field_map) == []
    assert form.errors == {lands_on: ["Den lokale andel er 24 %."]}


def test_advice_does_not_stop_a_form() -> None:
    form, advice = send(**GOOD), violation("amount", is_blocking=False)
    assert apply_violations(form, [advice]) == [advice]
    assert form.is_valid()
