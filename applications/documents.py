"""Letters of a case: what each says, and how it is stored. Made once, frozen with their SHA-256, never rendered again.

A letter is Danish whatever language its reader uses the portal in: it is what the fund has decided (R141, R146). What it
says of a commitment is read from what cannot change: the decision, the ledger's entries and the signed agreement.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from applications import attachments, facts, states, submission
from applications.models import Application, ApplicationEvent, Document, DocumentKind, Outcome, Submission
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from applications.rules import cofinancing
from applications.rules.rule_sets import terms_of
from applications.rules.transfer import ANEW_NAMES, Anew, transition_to
from lbf_portal.lib import pdf
from ledger.kinds import RENT_MONEY, EntryKind
from ledger.models import Entry

Context = dict[str, Any]

# Raised when a template is worded anew, so that it can be told which words an old letter was made with.
TEMPLATE_VERSION = 1

BINDING = "Bindende tilsagn"
DECISION = "Afgørelse"
GUIDING = "Vejledende"

LETTER_OF_EVENT: dict[str, DocumentKind] = {
    states.SUBMIT.event: DocumentKind.RECEIPT,
    states.PREQUALIFY.event: DocumentKind.PREQUALIFICATION_LETTER,
    states.REFUSE.event: DocumentKind.REFUSAL_LETTER,
    states.COMMIT.event: DocumentKind.COMMITMENT_LETTER,
    TRANSFERRED: DocumentKind.TRANSFER_LETTER,
    TRANSFER_TAKEN_BACK: DocumentKind.TRANSFER_BACK_LETTER,
}


@dataclass(frozen=True)
class Condition:
    """A condition of the commitment as the letter words it, and where it comes from (domain.md 11.2, mostly [INFERRED])."""

    text: str
    source: str
    is_for_rent: bool = False


CONDITIONS = (
    Condition("Den lokale bestyrelse skal være registreret i portalen, før indsatsen begynder.", "R89, R98"),
    Condition("Pengene må kun bruges til den helhedsplan, som tilsagnet er givet til.", "§ 91 a, stk. 3; R11"),
    Condition(
        "I skal have vores godkendelse, før I ændrer samarbejdsaftalen, parterne, afdelingerne, indsatsområderne, budgettet, "
        "medfinansieringen eller perioden.",
        "R82",
    ),
    Condition(
        "I skal hvert år senest den 30. juni indsende opgørelse af reguleringskontoen for året før med revisors erklæring.",
        "R99-R101, R111",
    ),
    Condition("I skal hvert år indsende målopfyldelsesskemaer og en milepælsplan for det kommende år.", "R102-R104"),
    Condition("Mangler en af årets indberetninger, holder vi udbetalingerne tilbage, til den er modtaget.", "R105, C13"),
    Condition("I skal give os de oplysninger om indsatsen, som vi beder om, og medvirke til evaluering af den.", "R3, R109"),
    Condition("Penge, der ikke er brugt, eller som er brugt til andet end planen, skal betales tilbage.", "Q8"),
    Condition(
        "Udbetaling af huslejestøtte kan helt eller delvis bringes til ophør efter reglerne i "
        "almenboliglovens §\N{NO-BREAK SPACE}134.",
        "R10",
        is_for_rent=True,
    ),
)


def make(event: ApplicationEvent, kind: DocumentKind) -> Document:
    """Render the letter that the event calls for, and store it with its hash."""
    template, context_of = LETTERS[kind]
    content = pdf.render(template, {**_frame(event), **context_of(event)})
    name = f"{event.application.case_number}-{kind.lower()}-{event.pk}.pdf"
    return Document.objects.create(
        application=event.application,
        event=event,
        kind=kind,
        file=ContentFile(content, name=name),
        sha256=hashlib.sha256(content).hexdigest(),
        template_version=TEMPLATE_VERSION,
    )


def _frame(event: ApplicationEvent) -> Context:
    """What every letter carries: the case, the day of the event, whom to ask."""
    return {**_case(event.application), "day": timezone.localdate(event.at)}


def _case(application: Application) -> Context:
    return {
        "case_number": str(application.case_number),  # as text: a case number has no thousands separator
        "title": application.title,
        "area": application.area,
        "municipality": application.municipality,
        "housing_organisations": application.housing_organisations(),
        "rule_set": application.terms,
        "support_phone": settings.SUPPORT_PHONE,
        "support_mail": settings.SUPPORT_MAIL,
        "is_demo": application.is_demo or settings.IS_DEMO,
    }


def _receipt(event: ApplicationEvent) -> Context:
    sent: Submission | None = getattr(event, "submission", None)
    told = _as_the_case_stands(event.application) if sent is None else _as_sent(event.application, sent)
    return {"mark": GUIDING, "attachments": attachments.sent_along(event), "submission": sent, **told}


def _as_the_case_stands(application: Application) -> Context:
    """For submissions from before what was sent was kept."""
    return {"departments": [str(row) for row in application.application_departments.all()], **_applied_for(application)}


def _as_sent(application: Application, sent: Submission) -> Context:
    """The whole application as it was sent, with its declaration; the letter's first page says the same as the annex."""
    content = submission.content_of(sent)
    parts = submission.parts_of(content)
    said = {part["section"]: part["answer"] for part in parts}
    return {
        "title": said["basics"].title,
        "area": content["area"],
        "housing_organisations": [content["organisation"], *said["basics"].participants],
        "rule_set": terms_of(content["rule_set"]),
        "departments": [department.name for department in said["departments"]],
        "total_budget": said["budget"].total,
        "social_applied_for": said["budget"].facts.fund,
        "rent_applied_for": said["rent"].total if said["rent"].is_wanted else Decimal(0),
        "declaration": content["declaration"],
        "declared_on": _day(content["declaration"]["on"]),
        "application": application,
        "parts": parts,
    }


def copy_now(application: Application, *, on: datetime.date) -> bytes | None:
    """The application as it stands, as PDF, made apart from the web process; None while several others are being made."""
    context = {
        **_case(application),
        "day": on,
        "mark": GUIDING,
        "application": application,
        "is_draft": application.submitted_at is None,
        "parts": submission.parts_now(application),
        "attachments": attachments.current(application),
    }
    return pdf.render_apart("pdf/application.html", context)


def _prequalification(event: ApplicationEvent) -> Context:
    decision = event.application.decisions.get(outcome=Outcome.PREQUALIFIED)
    return {
        "mark": GUIDING,
        "decision": decision,
        "standing": _standing(decision.facts),
        **_applied_for(event.application),
    }


def _refusal(event: ApplicationEvent) -> Context:
    """All that section 11.2 of the dossier asks of a refusal (R145-R147, R162)."""
    application = event.application
    decision = application.decisions.select_related("decided_by").get(outcome=Outcome.REFUSED)
    return {
        "mark": DECISION,
        "decision": decision,
        "standing": _standing(decision.facts),
        "hearing": application.hearings.last(),
        "cofinancing_share": cofinancing.share(facts.of_budget(application)),
        "appeal_text": settings.APPEAL_TEXT,
        **_applied_for(application),
    }


def _commitment(event: ApplicationEvent) -> Context:
    """All that section 11.2 of the dossier asks of a commitment."""
    application = event.application
    decision = application.decisions.select_related("decided_by").get(outcome=Outcome.COMMITTED)
    agreement = application.agreements.standing().get()
    entries = list(Entry.objects.of_case(str(application.case_number)).filter(kind=EntryKind.COMMIT))
    budget = facts.of_budget(application)
    has_rent = any(entry.money in RENT_MONEY for entry in entries)
    content = agreement.content
    return {
        "mark": BINDING,
        "decision": decision,
        "agreement": agreement,
        "signatures": list(agreement.signatures.select_related("organisation")),
        "parties": [party["name"] for party in content["parties"]],
        "departments": [row["department"] for row in content["departments"]["departments"]],
        "starts_on": _day(content["plan"]["starts_on"]),
        "ends_on": _day(content["plan"]["ends_on"]),
        "entries": entries,
        "total": sum((entry.amount for entry in entries), start=Decimal(0)),
        "total_budget": budget.total,
        "fund_share": budget.fund / budget.total,
        "local_share": cofinancing.share(budget),
        "funding": [
            (line.get_source_display(), line.get_kind_display(), line.amount) for line in application.funding_lines.all()
        ],
        "rent_lines": [_rent_line(line) for line in content["rent"]["lines"]] if has_rent else [],
        "conditions": [condition.text for condition in CONDITIONS if has_rent or not condition.is_for_rent],
    }


def _transfer(event: ApplicationEvent) -> Context:
    """What the move changed, as the event keeps it: the case may have gone on since."""
    data = event.data
    old, new = terms_of(data["from"]), terms_of(data["to"])
    names = {area.code: area.name for area in old.effort_areas}
    return {
        "mark": GUIDING,
        "old": old,
        "new": new,
        "as_of": _day(data["as_of"]),
        "carried": transition_to(data["to"]).carried,
        "anew": [ANEW_NAMES[Anew(one)] for one in data["anew"]],
        "areas_put_aside": [names.get(code, code) for code in data["areas_put_aside"]],
        "goals_put_aside": data["goals_put_aside"],
        "effort_areas": new.effort_areas,
        "papers": [paper for paper in new.papers if paper.code in data["papers"]],
        "basis": transition_to(data["to"]).basis,
    }


def _transfer_back(event: ApplicationEvent) -> Context:
    return {"mark": GUIDING, "old": terms_of(event.data["to"]), "new": terms_of(event.data["from"]), "reason": event.reason}


def _rent_line(line: dict[str, Any]) -> Context:
    """Rent support for one department as the signed agreement has it."""
    return {
        "department": line["department"],
        "starts_on": _day(line["starts_on"]),
        "ends_on": _day(line["ends_on"]),
        "amount_per_m2": Decimal(line["amount_per_m2"]),
        "area_m2": Decimal(line["area_m2"]),
    }


def _applied_for(application: Application) -> Context:
    """Kind and amount of what the applicant asks for."""
    return {
        "total_budget": application.total_budget,
        "social_applied_for": facts.of_budget(application).fund,
        "rent_applied_for": facts.rent_total(application),
    }


def _standing(stored: dict[str, Any]) -> Context:
    """The area's standing as it was stored with the decision: sentences, and the day of the list they rest on."""
    standing = stored["standing"]
    return {
        "list_published_on": _day(standing["list_published_on"]),
        "sentences": [reason["text"] for reason in standing["reasons"]],
    }


def _day(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


LETTERS: dict[DocumentKind, tuple[str, Callable[[ApplicationEvent], Context]]] = {
    DocumentKind.RECEIPT: ("pdf/receipt.html", _receipt),
    DocumentKind.PREQUALIFICATION_LETTER: ("pdf/prequalification.html", _prequalification),
    DocumentKind.REFUSAL_LETTER: ("pdf/refusal.html", _refusal),
    DocumentKind.COMMITMENT_LETTER: ("pdf/commitment.html", _commitment),
    DocumentKind.TRANSFER_LETTER: ("pdf/transfer.html", _transfer),
    DocumentKind.TRANSFER_BACK_LETTER: ("pdf/transfer_back.html", _transfer_back),
}
