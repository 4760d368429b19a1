"""A case with everything that pages show, and every address of the portal: for tests that go through all of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts import transitions as accounts
from accounts.actors import SYSTEM, Actor
from accounts.models import Invitation, Mandate, Organisation, actor_for
from accounts.roles import OrganisationKind, Right, Role
from applications.models import (
    Application,
    Attachment,
    Collaborator,
    CommentThread,
    Document,
    DocumentKind,
    GuestKind,
    Scenario,
    TransferBatch,
    TransferOutcome,
    TransferredCase,
)
from applications.models.collaborators import OPENS_FOR
from applications.rules.documents import DocumentType
from applications.transitions import commenting, scenarios
from applications.transitions.scenarios import Settings
from areas.models import AreaMembership, Department, ImportBatch
from areas.transitions import imports
from ledger import keeping, proposals, proposed
from ledger.kinds import FrameKind, Money, ReleaseCause
from ledger.models import Entry, FrameFinding, FrameYear, Proposal
from monitoring.models import Effort, GiveBack
from tests.applications.files import made
from tests.areas.imports.made import LISTING, csv
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, UserFactory
from tests.factories.applications import CaseCast
from tests.factories.areas import ConnectedDepartmentFactory, DevelopmentPlanFactory
from tests.factories.attachments import attach, controlled, make_accepted
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, finance

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
    FrameYearFactory.create(extra=True)
    letter = add_letter(application)
    add_attachments(application, applicant)
    add_guest(application, applicant)
    commenting.comment(application, "budget", "Er beløbet rigtigt?", by=applicant, at=timezone.now())
    return RichCase(application, letter, actor_for(user, None, on=today), cast)


def add_letter(application: Application) -> Document:
    """A letter of the latest event."""
    letter = Document(
        application=application, event=application.events.last(), kind=DocumentKind.COMMITMENT_LETTER, sha256="0" * 64
    )
    letter.file.save("brev.pdf", ContentFile(b"%PDF-1.7"), save=True)
    return letter


def add_attachments(application: Application, by: Actor) -> None:
    """One that everybody can fetch, and one that waits for somebody to confirm it."""
    make_accepted(application, by, kind=DocumentType.D20, name="kommissorium.pdf")
    controlled(attach(application, by, made.pdf(f"Beboer {made.CPR}"), kind=DocumentType.D26, name="referat.pdf"))


def add_guest(application: Application, by: Actor) -> None:
    """Somebody whom the applicant invited and who has not answered."""
    assert by.user is not None
    at = timezone.now()
    Collaborator.objects.create(
        application=application,
        kind=GuestKind.ADVISER,
        right=Right.EDIT,
        email="gaest@example.org",
        name="Gæst",
        organisation=application.organisation,
        invited_by=by.user,
        invited_at=at,
        token_hash="0" * 64,
        link_expires_at=at + OPENS_FOR,
        valid_from=timezone.localdate(at),
    )


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
    "entry": lambda _case: Entry.objects.latest("pk").pk,
    "finding": lambda _case: _finding(),
    "proposal": lambda case: _proposal(case).pk,
    "give_back": lambda case: _give_back(case).pk,
    "transfer": lambda case: _transferred(case).batch_id,
    "transferred": lambda case: _transferred(case).pk,
    "scenario": lambda _case: _scenario().pk,
    "collaborator": lambda case: Collaborator.objects.filter(application=case.pk).values_list("pk", flat=True).first() or 0,
    "thread": lambda case: CommentThread.objects.filter(application=case.pk).values_list("pk", flat=True).first() or 0,
    "attachment": lambda case: _attachments(case).order_by("pk").values_list("pk", flat=True).first() or 0,
    "member": lambda case: case.created_by_id or 0,
    "invitation": lambda case: _invitation(case).pk,
    "mandate": lambda case: _mandate(case).pk,
    "batch": lambda _case: ImportBatch.objects.latest("pk").pk,
}


def _transferred(application: Application) -> TransferredCase:
    """The case in a run of the move to other rules: it has a commitment and stayed."""
    row = TransferredCase.objects.first()
    if row is None:
        at = timezone.now()
        batch = TransferBatch.objects.create(
            to_rule_set="R2019", as_of="2020-01-01", started_at=at, worked_at=at, finished_at=at, role=Role.SYSTEM
        )
        row = TransferredCase.objects.create(
            batch=batch,
            application=application,
            from_rule_set="R2015",
            to_rule_set="R2019",
            outcome=TransferOutcome.LEFT,
            reason={"code": "transfer_committed", "text": "Sagen har fået tilsagn.", "basis": "R50"},
        )
    return row


def _scenario() -> Scenario:
    """A scenario of the rich case's officer, shared with the fund."""
    found = Scenario.objects.first()
    return found or scenarios.make_scenario(Settings(name="Fyld hullerne", is_shared=True), by=_officer(), at=timezone.now())


def _officer() -> Actor:
    person = Application.objects.exclude(responsible=None).earliest("case_number").responsible
    assert person is not None
    return actor_for(person, Organisation.objects.get(kind=OrganisationKind.FUND), on=timezone.localdate())


def _invitation(application: Application) -> Invitation:
    """Somebody whom the fund invited into the case's organisation."""
    found = application.organisation.invitations.open().first()
    return found or accounts.invite(
        application.organisation,
        email="ny@example.org",
        name="Ny",
        roles={Role.APPLICANT},
        valid_from=timezone.localdate(),
        by=_officer(),
        at=timezone.now(),
    )


def _mandate(application: Application) -> Mandate:
    """One that the case's organisation gave, to advisers."""
    found = Mandate.objects.filter(principal=application.organisation).first()
    return found or MandateFactory.create(principal=application.organisation, given_by=application.created_by)


def _finding() -> int:
    """Something that a check finds: the letter of this case is not the file that was made."""
    if not FrameFinding.objects.exists():
        keeping.run(by=SYSTEM, at=timezone.now())
    return FrameFinding.objects.latest("pk").pk


def _proposal(application: Application) -> Proposal:
    """A posting by hand that waits."""
    regulation = proposed.Regulate(application.state_since.year, 390 * MILLION, 245 * MILLION, "Brev af 2. januar")
    waiting = Proposal.objects.waiting().first()
    return waiting or proposals.propose(regulation, by=finance(), at=timezone.now(), reason="Ministeriets brev")


def _give_back(application: Application) -> GiveBack:
    """Money of the case that finance is to propose the release of."""
    facts = {"frame_year": application.state_since.year, "amount": MILLION, "reason": "Ikke brugt"}
    effort = Effort.objects.get(application=application)
    found, _made = GiveBack.objects.get_or_create(effort=effort, money=Money.SOCIAL, cause=ReleaseCause.UNUSED, defaults=facts)
    return found


def _attachments(application: Application) -> QuerySet[Attachment]:
    """A case that is only made up has none."""
    return Attachment.objects.filter(application=application.pk)


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
        "kind": "release",
        "user_key": "x",
        "token": "y",
        "number": 1,
    }
    asked = address_names()[name]
    parts |= {part: read(application) for part, read in REGISTER.items() if part in asked}
    if name.startswith("ledger:extra_"):
        parts["year"] = FrameYear.objects.of(FrameKind.EXTRA_RENT).earliest("year").year
    if name == "applications:confirm_attachment":
        parts["attachment"] = _attachments(application).order_by("-pk").values_list("pk", flat=True).first() or 0
    if name == "areas:import_take_back":
        parts["batch"] = ImportBatch.objects.earliest("pk").pk
    return reverse(name, kwargs={part: parts[part] for part in asked})
