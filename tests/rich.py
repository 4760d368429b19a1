"""A case with everything that pages show, and every address of the portal: for tests that go through all of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import actor_for
from applications.models import Application, Document, DocumentKind
from areas.models import AreaMembership, Department, ImportBatch
from areas.transitions import imports
from tests.areas.imports.made import LISTING, csv
from tests.factories import applications as cases
from tests.factories.accounts import UserFactory
from tests.factories.applications import CaseCast
from tests.factories.areas import ConnectedDepartmentFactory, DevelopmentPlanFactory

# The factories' board has a seat for this address.
BOARD_MEMBER = "formand@example.org"


@dataclass(frozen=True)
class RichCase:
    """A committed case with rent support and a letter, and somebody with a seat on its board."""

    application: Application
    letter: Document
    board_member: Actor
    cast: CaseCast


@pytest.fixture
def rich_case(
    *,
    applicant: Actor,
    municipality: Actor,
    case_officer: Actor,
    director: Actor,
    finance_officer: Actor,
    today: datetime.date,
) -> RichCase:
    """Made as people make it; what the letter says is not what these tests are about."""
    cast = CaseCast(applicant, municipality, case_officer, director, finance_officer)
    user = UserFactory.create(email=BOARD_MEMBER, name="Formand")
    application = cases.make_committed(cast, wants_rent_support=True)
    department = Department.objects.in_area(application.area, on=today).earliest("pk")
    ConnectedDepartmentFactory.create(department=department)
    # One that no longer binds: what a binding plan asks of a case is not what these tests are about (R44).
    DevelopmentPlanFactory.create(area=application.area, ends_on=datetime.date(2020, 12, 31))
    add_imports()
    return RichCase(application, add_letter(application), actor_for(user, None, on=today), cast)


def add_letter(application: Application) -> Document:
    """A letter of the latest event."""
    letter = Document(
        application=application, event=application.events.last(), kind=DocumentKind.COMMITMENT_LETTER, sha256="0" * 64
    )
    letter.file.save("brev.pdf", ContentFile(b"%PDF-1.7"), save=True)
    return letter


def add_imports() -> None:
    """A list that was imported and could be taken back, and one that waits for somebody to confirm it."""
    at = timezone.now()
    earlier = imports.upload("2021.csv", csv(LISTING | {"list_date": "2021-12-01", "list_year": "2021"}), by=SYSTEM, at=at)
    imports.preview(earlier, at=at)
    imports.confirm(earlier, by=SYSTEM, at=at)
    imports.carry_out(earlier, at=at)
    imports.preview(imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=at), at=at)


def address_names() -> dict[str, frozenset[str]]:
    """Every address by its name, with the parts that it is made of."""
    return dict(_walk(get_resolver(), "", frozenset()))


def _walk(resolver: URLResolver, namespace: str, above: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for entry in resolver.url_patterns:
        parts = above | set(entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace, parts)
        else:
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{namespace}{entry.name}", parts


# Parts that mean something else from address to address.
SECTIONS = {"applications:section": "budget", "applications:preview": "budget", "applications:plan_section": "goals"}


# Rows of the register around the case: the area's first department, and what was entered of it and of the area.
REGISTER: dict[str, Callable[[Application], int | str]] = {
    "department": lambda case: _membership(case).department_id,
    "organisation": lambda case: case.organisation_id,
    "membership": lambda case: _membership(case).pk,
    "connection": lambda case: _membership(case).department.connections.earliest("pk").pk,
    "code": lambda case: case.area.municipality.code,
    "plan": lambda case: case.area.development_plans.earliest("pk").pk,
    "batch": lambda _case: ImportBatch.objects.latest("pk").pk,
}


def _membership(application: Application) -> AreaMembership:
    return application.area.memberships.earliest("department_id")


def address(name: str, application: Application, letter: Document | None = None) -> str:
    """The address about this case (or the case's area, or its year)."""
    parts = {
        "case_number": application.case_number,
        "pk": letter.pk if letter else 0,
        "year": application.state_since.year,
        "key": application.area.key,
        "name": SECTIONS.get(name, ""),
        "user_key": "x",
        "token": "y",
    }
    asked = address_names()[name]
    parts |= {part: read(application) for part, read in REGISTER.items() if part in asked}
    if name == "areas:import_take_back":
        parts["batch"] = ImportBatch.objects.earliest("pk").pk
    return reverse(name, kwargs={part: parts[part] for part in asked})
