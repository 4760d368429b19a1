"""What pages say of attachments: a line a file, and a line a document that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.attachments import Reader, phase_of
from applications.file_states import BADGES, FileState
from applications.models import Application, AttachmentVersion
from applications.rules import documents
from applications.rules.documents import IN_PORTAL, NAMES, REQUIRED, DocumentType, Phase, Side
from applications.rules.rule_sets import RuleSet
from applications.states import BEFORE_PREQUALIFICATION, State
from lbf_portal.lib.telling import sentence_of


@dataclass(frozen=True)
class Line:
    """A version as a reader sees it."""

    version: AttachmentVersion
    reader: Reader

    @property
    def document(self) -> str:
        return self.version.attachment.get_document_type_display()

    @property
    def state(self) -> str:
        """One or two words."""
        return str(self.version.get_state_display())

    @property
    def badge(self) -> str:
        return BADGES[FileState(self.version.state)]

    @property
    def sentences(self) -> list[str]:
        """What the control found, and what it waits for."""
        told = [sentence_of(finding.as_violation()) for finding in self.version.found] if self.is_explained else []
        if self.version.waits_for_scanner and self.version.state == FileState.CHECKING:
            told.append(gettext("Virusscanneren svarer ikke lige nu. Filen bliver kontrolleret, så snart den gør."))
        return told

    @property
    def is_explained(self) -> bool:
        """What was found is the business of those who can do something about it, and of those who may read the file."""
        return self.reader.owns(self.version) or self.version.state == FileState.ACCEPTED

    @property
    def is_unscanned(self) -> bool:
        return self.version.state in {FileState.ACCEPTED, FileState.TO_CONFIRM} and not self.version.scanner

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("applications:attachment", args=[self.reader.application.case_number, self.version.attachment_id])

    @property
    def can_be_fetched(self) -> bool:
        return self.reader.may_fetch(self.version)


def lines_of(versions: Iterable[AttachmentVersion], reader: Reader) -> Iterator[Line]:
    """One line a version."""
    return (Line(version, reader) for version in versions)


@dataclass(frozen=True)
class Expected:
    """A document of the phase, and how far it is."""

    name: str
    state: str
    kind: str
    basis: str
    hint: str = ""


def expected(application: Application, versions: Sequence[AttachmentVersion]) -> list[Expected]:
    """The documents of the case's phase in the list's order, ticked off as they arrive."""
    phase = phase_of(application) or _last_phase(application)
    rule_set = RuleSet(application.rule_set)
    brought = set(documents.brought_by(Side.APPLICANT, rule_set, phase))
    return [
        _expected(DocumentType(paper.code), paper.basis, phase, versions)
        for paper in documents.papers_of(rule_set, phase)
        if DocumentType(paper.code) in brought
    ]


def _expected(kind: DocumentType, basis: str, phase: Phase, versions: Sequence[AttachmentVersion]) -> Expected:
    own = [version for version in versions if version.attachment.document_type == kind]
    name = gettext(NAMES[kind])
    if any(version.state == FileState.ACCEPTED for version in own):
        return Expected(name, str(_("Modtaget")), "success", basis)
    if own:
        worst = own[-1]
        return Expected(name, str(worst.get_state_display()), BADGES[FileState(worst.state)], basis)
    if kind in REQUIRED[phase]:
        return Expected(name, str(_("Mangler")), "warning", basis)
    if kind in IN_PORTAL:
        return Expected(name, str(_("Skrives i portalen")), "", basis, str(_("I kan supplere med en fil.")))
    return Expected(name, str(_("Ikke modtaget")), "", basis)


def _last_phase(application: Application) -> Phase:
    """What was attached last, while the fund works on the case or when it has ended."""
    is_early = application.state in BEFORE_PREQUALIFICATION or application.submitted_at is None
    if application.state == State.COMMITTED:
        return Phase.EFFORT
    return Phase.APPLICATION if is_early else Phase.PLAN
