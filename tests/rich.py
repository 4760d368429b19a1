"""A case with everything that pages show, and every address of the portal: for tests that go through all of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver, reverse

from accounts.actors import Actor
from accounts.models import actor_for
from applications.models import Application, Document, DocumentKind
from tests.factories import applications as cases
from tests.factories.accounts import UserFactory
from tests.factories.applications import CaseCast

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
    return RichCase(application, add_letter(application), actor_for(user, None, on=today), cast)


def add_letter(application: Application) -> Document:
    """A letter of the latest event."""
    letter = Document(
        application=application, event=application.events.last(), kind=DocumentKind.COMMITMENT_LETTER, sha256="0" * 64
    )
    letter.file.save("brev.pdf", ContentFile(b"%PDF-1.7"), save=True)
    return letter


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
    return reverse(name, kwargs={part: parts[part] for part in address_names()[name]})
