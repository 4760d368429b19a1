"""What the parties attach to a case: each attachment with all its versions, none of which is ever lost."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, Organisation, User
from applications.file_states import FileState
from applications.files.findings import Finding
from applications.files.kinds import FORMATS, LARGEST_FILE, Kind
from applications.files.names import fitting
from applications.models.application import Application
from applications.querysets import AttachmentQuerySet, AttachmentVersionQuerySet
from applications.rules.documents import NAMES, DocumentType


def opaque_path(*_of: object) -> str:
    """Where a file is stored: a name that says nothing of case, person or content, in one of 256 folders."""
    name = uuid.uuid4().hex
    return f"attachments/{name[:2]}/{name}"


class Attachment(models.Model):
    """A document of a case by its type. Replaced by new versions; taken away it is hidden, with a reason, and kept."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("sag"))
    document_type = models.CharField(
        _("dokument"), max_length=10, choices=[(kind.value, _(name)) for kind, name in NAMES.items()]
    )
    attached_at = models.DateTimeField(_("lagt ind"), default=timezone.now)
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("lagt ind af"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    hidden_at = models.DateTimeField(_("fjernet"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fjernet af")
    )
    hidden_reason = models.TextField(_("hvorfor fjernet"), blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilag")
        verbose_name_plural = _("bilag")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="attachment_type_is_known", condition=Q(document_type__in=[kind.value for kind in DocumentType])
            ),
            models.CheckConstraint(
                name="attachment_hidden_is_dated_named_and_explained",
                condition=Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.get_document_type_display()}"

    def get_absolute_url(self) -> str:
        return reverse("applications:attachment", args=[self.application.case_number, self.pk])

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


class AttachmentVersion(models.Model):
    """A file as it came, with its SHA-256. Only what its control came to is written later (the database holds that, too)."""

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="versions", verbose_name=_("bilag"))
    number = models.PositiveSmallIntegerField(_("udgave"))
    file = models.FileField(_("fil"), upload_to=opaque_path, max_length=100)
    file_name = models.CharField(_("filnavn"), max_length=160)
    size = models.PositiveIntegerField(_("størrelse"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("lagt ind"), default=timezone.now)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("lagt ind af"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    # What the control came to.
    state = models.CharField(_("kontrol"), max_length=12, choices=FileState, default=FileState.CHECKING)
    state_since = models.DateTimeField(default=timezone.now)
    kind = models.CharField(_("art"), max_length=4, choices=[(kind.value, FORMATS[kind].name) for kind in Kind], blank=True)
    pages = models.PositiveIntegerField(_("sider"), null=True, blank=True)
    findings = models.JSONField(default=list)
    # Which scanner said that it is clean; empty where none was asked.
    scanner = models.CharField(_("virusscanner"), max_length=100, blank=True)
    # When a worker last took it on, and whether the scanner was out of reach then.
    tried_at = models.DateTimeField(null=True, blank=True)
    waits_for_scanner = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(_("bekræftet"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bekræftet af")
    )

    objects = AttachmentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("udgave af bilag")
        verbose_name_plural = _("udgaver af bilag")
        ordering = ["attachment", "number"]
        constraints = [
            models.UniqueConstraint(name="attachment_version_once", fields=["attachment", "number"]),
            models.CheckConstraint(name="attachment_version_is_numbered_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="attachment_version_sha256_is_one", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="attachment_version_size_is_allowed", condition=Q(size__gte=1, size__lte=LARGEST_FILE)),
            models.CheckConstraint(name="attachment_version_state_is_known", condition=Q(state__in=FileState.values)),
            models.CheckConstraint(
                name="attachment_version_accepted_is_of_a_kind",
                condition=~Q(state__in=[FileState.ACCEPTED.value, FileState.TO_CONFIRM.value])
                | Q(kind__in=[kind.value for kind in Kind]),
            ),
            models.CheckConstraint(
                name="attachment_version_refused_says_why", condition=~Q(state=FileState.REFUSED) | ~Q(findings=[])
            ),
            models.CheckConstraint(
                name="attachment_version_confirmed_is_dated_and_named",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, state=FileState.ACCEPTED),
            ),
        ]
        indexes = [
            # What the clock looks for.
            models.Index(fields=["uploaded_at"], name="attachment_version_waiting", condition=Q(state=FileState.CHECKING)),
        ]

    def __str__(self) -> str:
        return f"{self.attachment}, {self.number}"

    @property
    def found(self) -> list[Finding]:
        """What the control found, worded by whoever shows it."""
        return [Finding.from_json(stored) for stored in self.findings]

    @property
    def download_name(self) -> str:
        """The name it is fetched under, with a suffix that says what it is."""
        return fitting(self.file_name, Kind(self.kind)) if self.kind else self.file_name

    @property
    def content_type(self) -> str:
        """What its content is, never what a browser said; nothing in particular before that is known."""
        return FORMATS[Kind(self.kind)].content_type if self.kind else "application/octet-stream"

    # For lib/moves.py

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """The actor's roles in the case."""
        return self.attachment.application.roles_of(actor, on=on)

    def record(
        self,
        event: str,
        *,
        by: Actor,
        at: datetime.datetime,
        roles: frozenset[str] | None = None,
        reason: str = "",
        state_from: str = "",
        state_to: str = "",
        data: dict[str, Any] | None = None,
    ) -> AuditEvent:
        """Leave an event of the case. Its states are the file's, so they stand in its data and not where the case's do.

        File names stay out: people write names of people in them, and an event is never erased.
        """
        stood = {"file_state": state_to, "was": state_from} if state_to else {}
        about = {
            "attachment": self.attachment_id,
            "version": self.number,
            "document_type": self.attachment.document_type,
            "sha256": self.sha256,
        }
        return self.attachment.application.record(
            event, by=by, at=at, roles=roles, reason=reason, data={**about, **stood, **(data or {})}
        )
