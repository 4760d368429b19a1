"""Pages that show every component once, filled and with errors; served to the browser by the tests beside this file."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import ActingChoice, Organisation, User
from accounts.roles import OrganisationKind, Role
from lbf_portal.lib.forms import (
    AmountField,
    DateField,
    DecimalField,
    FilterForm,
    LongTextField,
    PercentField,
    PortalForm,
    PortalFormSet,
    formset_of,
)
from lbf_portal.lib.refusals import Violation
from lbf_portal.look.navigation import Item


class EveryField(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label="Projektets navn", help_text="Kort, som I selv omtaler det", max_length=80)
    mail = forms.EmailField(label="Kontaktpersonens mail")
    municipality = forms.ChoiceField(label="Kommune", choices=[("", "Vælg"), ("0751", "Aarhus"), ("0461", "Odense")])
    challenges = LongTextField(label="Udfordringer", help_text="Hvad vil I ændre?", max_length=200)
    grant = AmountField(label="Ansøgt beløb", help_text="For hele perioden")
    share = PercentField(label="Lokal andel")
    size = DecimalField(label="Areal", suffix="m²", min_value=Decimal(1), required=False)
    starts_on = DateField(label="Startdato", help_text="Fx 1 1 2027")
    ends_on = DateField(label="Slutdato")
    kind = forms.ChoiceField(label="Slags", choices=[("a", "Boligsocial"), ("b", "Udsat")], widget=forms.RadioSelect)
    efforts = forms.MultipleChoiceField(
        label="Indsatsområder",
        choices=[("1", "Tryghed"), ("2", "Skole"), ("3", "Job")],
        widget=forms.CheckboxSelectMultiple,
    )
    plan = forms.FileField(label="Budget", help_text="PDF eller Excel, højst 50 MB", required=False)
    is_true = forms.BooleanField(label="Oplysningerne er rigtige")

    layout = Layout(
        Fieldset("Indsatsen", "name", "mail", "municipality", "challenges", "kind", "efforts"),
        Fieldset("Penge og tid", "grant", "share", "size", "starts_on", "ends_on", "plan", "is_true"),
    )

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Budgettet går ikke op")


class Row(PortalForm):
    source = forms.CharField(label="Kilde", max_length=40)
    amount = AmountField(label="Beløb")


class Rows(PortalFormSet):
    row_name = _("Post")


RowFormSet = formset_of(Row, Rows)


class Filters(FilterForm):
    query = forms.CharField(label="Søg", required=False)
    state = forms.ChoiceField(label="Status", choices=[("", "Alle"), ("new", "Nye")], required=False)


def frame() -> dict[str, object]:
    """What the context processor gives somebody who is signed in for two organisations."""
    housing = Organisation(pk=4711, kind=OrganisationKind.HOUSING, name="Boligforeningen Ågården")
    other = Organisation(pk=4712, kind=OrganisationKind.MUNICIPALITY, name="Aarhus Kommune")
    return {
        "actor": Actor(User(name="Ansøger", email="a@example.org"), housing, frozenset({Role.APPLICANT})),
        "actor_choices": [ActingChoice(housing), ActingChoice(other)],
        "navigation": [
            Item("Forside", "/", is_current=False, badge=0),
            Item("Sager", "/form", is_current=True, badge=3),
            Item("Områder", "/empty", is_current=False, badge=0),
        ],
        "session_seconds": 3600,
        "demo": {"mails_url": "/mails", "roles_url": "/roles"},
    }


@login_not_required
def form(request: HttpRequest) -> HttpResponse:
    """Filled in wrongly when sent, empty otherwise."""
    data = request.POST if request.method == "POST" else None
    bound = EveryField(data, request.FILES if data is not None else None)
    rows = RowFormSet(data, prefix="rows")
    valid = bound.is_valid(), rows.is_valid()
    return render(request, "gallery/form.html", {**frame(), "form": bound, "formset": rows, "valid": all(valid)})


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Ansøgningen er modtaget")
    messages.warning(request, "Fristen er på fredag")
    day = dt.date(2026, 11, 12)
    rows = [
        {"number": 100000 + n, "area": area, "amount": Decimal(1250000 + n * 1000), "state": "Til vurdering", "on": day}
        for n, area in enumerate(["Ågården", "Gellerupparken", "Vollsmose", "Ørbækparken", "Mjølnerparken"] * 30)
    ]
    page = Paginator(rows, 20).page(request.GET.get("page", 4))
    context = {
        "filters": Filters(request.GET),
        "page_obj": page,
        "day": day,
        "violations": [
            Violation(
                "c11", "Den lokale medfinansiering er %(share)s. Den skal være mindst 25 %%.", "C11", params={"share": "24 %"}
            ),
            Violation("r66", "Kommunens indstilling mangler.", "R66", is_blocking=False),
        ],
        "steps": [
            {"name": "Ansøgning", "state": "done", "on": day},
            {"name": "Prækvalifikation", "state": "done", "on": day},
            {"name": "Plan og aftale", "state": "current", "who": "Aarhus Kommune", "on": day},
            {"name": "Tilsagn", "state": "waiting"},
            {"name": "Gennemførelse", "state": "waiting"},
        ],
        "events": [
            {"what": "Sendt til kommunen", "who": "Boligforeningen", "at": dt.datetime(2026, 11, 12, 10, 42, tzinfo=dt.UTC)},
            {
                "what": "Prækvalificeret",
                "who": "Landsbyggefonden",
                "at": dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC),
                "why": "Området er udsat.",
            },
        ],
        "tasks": [
            {"name": "Område", "url": "/form", "state": "Klar", "kind": "success"},
            {"name": "Budget", "url": "/form", "state": "Mangler oplysninger", "kind": "warning", "hint": "Der mangler en kilde"},
            {"name": "Underskrift", "url": "", "state": "Kan ikke begyndes endnu", "kind": ""},
        ],
        "chart_columns": ["Indikator", "2025", "2026"],
        "chart_rows": [["Beskæftigelse", "41", "44"], ["Tryghed", "72", None]],
        "used": Decimal(250_000_000),
        "reserved": Decimal(60_000_000),
        "total": Decimal(380_000_000),
    }
    return render(request, "gallery/components.html", {**frame(), **context})


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/empty.html")


@login_not_required
def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("form", form, name="start"),
    path("components", components),
    path("empty", empty),
    path("refused", refused),
    path("", include("lbf_portal.pages.urls")),
    path("accounts/", include("accounts.urls")),
]
handler400 = "lbf_portal.pages.views.bad_request"
handler500 = "lbf_portal.pages.views.server_error"
