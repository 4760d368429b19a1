"""What is attached to a case, as everybody asks for it; and which documents somebody can attach now."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Iterable

from django.db.models import Q

from accounts.actors import Actor
from accounts.roles import OrganisationKind, Role
from applications import permissions
from applications.file_states import CAN_BE_FETCHED, FileState
from applications.models import Application, ApplicationEvent, Attachment, AttachmentVersion
from applications.querysets import AttachmentVersionQuerySet
from applications.rules import documents
from applications.rules.documents import DocumentType, Phase, Side
from applications.rules.rule_sets import RuleSet
from applications.states import APPLICATION_IS_OPEN, ENDED, IN_HEARING, PLAN_IS_OPEN, State

BLOCK = 1024 * 1024
_PHASES: tuple[tuple[frozenset[State], Phase], ...] = (
    (APPLICATION_IS_OPEN, Phase.APPLICATION),
    (PLAN_IS_OPEN, Phase.PLAN),
    (frozenset({State.LOCAL_APPROVAL}), Phase.SIGNING),
    (IN_HEARING, Phase.HEARING),
    (frozenset({State.COMMITTED}), Phase.EFFORT),
)
_SIDES = (
    (Role.APPLICANT, Side.APPLICANT),
    (Role.ADVISER, Side.APPLICANT),
    (Role.MUNICIPAL_OFFICER, Side.MUNICIPALITY),
)
# Who brings for the applicant.
_APPLICANTS = frozenset(role for role, side in _SIDES if side is Side.APPLICANT)


def phase_of(application: Application) -> Phase | None:
    """What is being attached as the case stands; None while the fund works on it, and when it has ended."""
    return next((phase for states, phase in _PHASES if application.state in states), None)


def types_open_to(actor: Actor, application: Application, *, on: datetime.date) -> tuple[DocumentType, ...]:
    """Which documents the actor can attach, replace and take away now, in the list's order; none without the right."""
    phase = phase_of(application)
    if phase is None or not permissions.may(actor, "attach", application, on=on):
        return ()
    roles = permissions.roles_in(actor, application, on=on)
    rule_set = RuleSet(application.rule_set)
    allowed = {kind for role, side in _SIDES if role in roles for kind in documents.brought_by(side, rule_set, phase)}
    return tuple(kind for kind in DocumentType if kind in allowed)


def current(application: Application) -> list[AttachmentVersion]:
    """The current version of everything attached, with its attachment; one query."""
    return list(AttachmentVersion.objects.current().of_case(application))


def of(application: Application, kind: DocumentType) -> list[AttachmentVersion]:
    """The current versions of one document type."""
    return list(AttachmentVersion.objects.current().of_case(application).filter(attachment__document_type=kind))


def as_facts(versions: Iterable[AttachmentVersion]) -> tuple[documents.Attached, ...]:
    """For the rules."""
    return tuple(
        documents.Attached(
            type=DocumentType(version.attachment.document_type),
            name=version.file_name,
            standing=documents.Standing(version.state),
            pages=version.pages,
        )
        for version in versions
    )


def sent_along(event: ApplicationEvent) -> list[AttachmentVersion]:
    """The very versions that a submission carried, in its order; none for those from before there were attachments."""
    sent = [line["version_id"] for line in event.data.get("attachments", ())]
    versions = AttachmentVersion.objects.select_related("attachment").in_bulk(sent)
    return [versions[pk] for pk in sent]


def is_unchanged(version: AttachmentVersion) -> bool:
    """Whether the stored file is still the one that came: read once through, a block at a time."""
    digest = hashlib.sha256()
    try:
        with version.file.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == version.sha256


def is_stored(version: AttachmentVersion) -> bool:
    """Whether the file still lies in the store."""
    return version.file.name is not None and version.file.storage.exists(version.file.name)


@dataclasses.dataclass(frozen=True)
class Reader:
    """Somebody who looks at what is attached to a case: what they see of it, which files they can fetch, what they can do.

    Everybody sees what was part of the case since it was submitted. What was taken away or replaced while it was a draft is
    seen by its own side only, and so is a file that must be confirmed: the applicant's by the applicant's people, the
    municipality's by the municipality's. Nobody fetches a file from quarantine or a refused one.
    """

    application: Application
    organisation_id: int | None
    is_applicant: bool
    # Whether the actor can attach to the case at all, whatever is open now.
    attaches: bool
    types: tuple[DocumentType, ...]

    def current(self) -> AttachmentVersionQuerySet:
        """The current version of each attachment."""
        return AttachmentVersion.objects.current().of_case(self.application)

    def hidden(self) -> AttachmentVersionQuerySet:
        """The last version of each attachment that was taken away."""
        found = AttachmentVersion.objects.hidden().of_case(self.application)
        if self.application.submitted_at is None:
            return found if self.attaches else found.none()
        return found.filter(Q(attachment__hidden_at__gt=self.application.submitted_at) | self._own())

    def owns(self, brought: Attachment | AttachmentVersion) -> bool:
        """Whether it came from the reader's side: judged by who brought it, for two sides attach to one case."""
        if not self.attaches:
            return False
        if brought.organisation_id == self.organisation_id:
            return True
        return self.is_applicant and brought.organisation.kind != OrganisationKind.MUNICIPALITY

    def versions_of(self, attachment: Attachment) -> list[AttachmentVersion]:
        """All versions of one attachment that this reader may know of, the latest first."""
        versions = list(attachment.versions.with_people().order_by("-number"))
        followers = [None, *versions[:-1]]
        return [
            version
            for version, follower in zip(versions, followers, strict=True)
            if self._was_shared(follower.uploaded_at if follower else None) or self.owns(version)
        ]

    def may_see(self, attachment: Attachment) -> bool:
        """Whether this reader may know of it."""
        return self._was_shared(attachment.hidden_at) or self.owns(attachment)

    def may_fetch(self, version: AttachmentVersion) -> bool:
        """Whether this reader may have the file."""
        if version.state == FileState.TO_CONFIRM:
            return self.owns(version)
        return version.state in CAN_BE_FETCHED

    def may_confirm(self, latest: AttachmentVersion) -> bool:
        """Whether this reader may say that the file can be sent: its own side, for as long as the case is open.

        The phase is not asked: a case that moved on while the file was looked at would leave it waiting for ever.
        """
        return latest.state == FileState.TO_CONFIRM and self.application.state not in ENDED and self.owns(latest)

    def may_hide(self, attachment: Attachment, latest: AttachmentVersion) -> bool:
        """Whether this reader may take it away: while its type is open; and as long as the case is, when it is not accepted.

        The applicant takes away whatever was not accepted, the municipality's too: it is the applicant whom it holds up.
        """
        if DocumentType(attachment.document_type) in self.types:
            return True
        if latest.state == FileState.ACCEPTED or self.application.state in ENDED:
            return False
        return self.attaches and (self.is_applicant or self.owns(attachment) or self.owns(latest))

    def _own(self) -> Q:
        """`owns`, for attachments in the database."""
        if not self.attaches:
            return Q(pk__in=[])
        own = Q(attachment__organisation=self.organisation_id)
        return own | ~Q(attachment__organisation__kind=OrganisationKind.MUNICIPALITY) if self.is_applicant else own

    def _was_shared(self, ended_at: datetime.datetime | None) -> bool:
        submitted_at = self.application.submitted_at
        return ended_at is None or (submitted_at is not None and ended_at > submitted_at)


def reader_of(actor: Actor, application: Application, *, on: datetime.date) -> Reader:
    """The actor as a reader of the case's attachments."""
    organisation = application.organisation_of(actor, on=on)
    return Reader(
        application=application,
        organisation_id=organisation.pk if organisation else None,
        is_applicant=bool(_APPLICANTS & permissions.roles_in(actor, application, on=on)),
        attaches=permissions.may(actor, "attach", application, on=on),
        types=types_open_to(actor, application, on=on),
    )
