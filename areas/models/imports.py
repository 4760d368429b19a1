"""Imports of files into the registers: each a dated batch that can be read again and taken back."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from areas.querysets import ImportBatchQuerySet
from areas.states import UPLOADED, WHO, State


class ImportKind(models.TextChoices):
    """What a file is about (areas.imports.Kind)."""

    AREA_LIST = "AREA_LIST", _("Liste over områder")
    KEY_FIGURES = "KEY_FIGURES", _("Nøgletal")
    MUNICIPALITIES = "MUNICIPALITIES", _("Kommuner")
    ORGANISATIONS = "ORGANISATIONS", _("Boligorganisationer")
    DEPARTMENTS = "DEPARTMENTS", _("Afdelinger")


class ImportBatch(models.Model):
    """A file on its way into the registers: read, previewed, confirmed, imported, perhaps taken back.

    The numbers are those of its rows; they are kept here because lists of batches show them. `preview` is the fingerprint of
    what the preview said: an import that would come to something else is previewed again instead.
    """

    kind = models.CharField(_("art"), max_length=20, choices=ImportKind)
    file_name = models.CharField(_("fil"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("størrelse"))
    header = models.JSONField(default=list)
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.WAITING)
    state_since = models.DateTimeField(_("siden"))
    uploaded_at = models.DateTimeField(_("lagt ind"))
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("af"))
    rows = models.PositiveIntegerField(_("rækker"), default=0)
    created = models.PositiveIntegerField(_("nye"), default=0)
    changed = models.PositiveIntegerField(_("ændrede"), default=0)
    unchanged = models.PositiveIntegerField(_("uændrede"), default=0)
    refused = models.PositiveIntegerField(_("afviste"), default=0)
    disagreements = models.PositiveIntegerField(_("uenige"), default=0)
    preview = models.CharField(max_length=64, blank=True)
    was_renewed = models.BooleanField(default=False)
    # Why the file as a whole cannot be used: a Danish message id and what fills it.
    trouble = models.TextField(blank=True)
    trouble_params = models.JSONField(default=dict)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("indlæsning")
        verbose_name_plural = _("indlæsninger")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="import_batch_kind_is_known", condition=Q(kind__in=ImportKind.values)),
            models.CheckConstraint(name="import_batch_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="import_batch_sha256_is_one", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="import_batch_every_row_counts_once",
                condition=Q(rows=F("created") + F("changed") + F("unchanged") + F("refused")),
            ),
            models.CheckConstraint(
                name="import_batch_is_previewed_before_it_is_imported",
                condition=Q(state__in=[State.WAITING, State.UNREADABLE, State.DISCARDED]) | ~Q(preview=""),
            ),
            models.CheckConstraint(
                name="import_batch_unreadable_says_why",
                condition=Q(state=State.UNREADABLE) & ~Q(trouble="") | ~Q(state=State.UNREADABLE) & Q(trouble=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("areas:import_batch", args=[self.pk])

    def roles_of(self, actor: Actor, *, on: datetime.date | None = None) -> frozenset[str]:  # noqa: ARG002 - asked alike
        """For lib/moves.py: imports are the fund's, whoever began them."""
        return frozenset(actor.roles & WHO)

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
    ) -> models.Model:
        """Leave an event: who, in which role, for which organisation, what and why."""
        held = self.roles_of(by) if roles is None else roles
        return self.events.create(
            event=event,
            at=at,
            user=by.user,
            organisation=by.organisation,
            role=min(held),
            reason=reason,
            state_from=state_from,
            state_to=state_to,
            data={"file": self.file_name, "sha256": self.sha256, **(data or {})},
        )

    def record_upload(self, *, by: Actor, at: datetime.datetime) -> None:
        """The first event: somebody brought a file."""
        self.record(UPLOADED, by=by, at=at, state_to=State.WAITING, data={"kind": self.kind})


class ImportFile(models.Model):
    """The file itself, as it came, apart from the batch so that lists never read it."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("indlæst fil")
        verbose_name_plural = _("indlæste filer")

    def __str__(self) -> str:
        return str(self.batch)


class ImportProgress(models.Model):
    """How far a worker is with a batch; in a table of its own, because it is told while the import's transaction runs."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="progress")
    step = models.CharField(max_length=100, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("indlæsnings fremdrift")
        verbose_name_plural = _("indlæsningers fremdrift")

    def __str__(self) -> str:
        return f"{self.step} {self.done}/{self.total}"


class RowOutcome(models.TextChoices):
    """What becomes of a row."""

    CREATED = "CREATED", _("Ny")
    CHANGED = "CHANGED", _("Ændret")
    UNCHANGED = "UNCHANGED", _("Uændret")
    REFUSED = "REFUSED", _("Afvist")


class ImportRow(models.Model):
    """A row of the file: whom it is about, what becomes of it, and what was and will be.

    `before` and `after` name fields as `<model>.<field>`. `computed` is what the law makes of key figures and `published` what
    the list says (areas/rules/classification.py); `agrees` is empty where one of them is not known. The list decides.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("række"))
    subject = models.CharField(_("gælder"), max_length=400, blank=True)
    outcome = models.CharField(_("udfald"), max_length=20, choices=RowOutcome)
    reason = models.TextField(blank=True)
    reason_params = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    computed = models.CharField(_("beregnet status"), max_length=30, blank=True)
    published = models.CharField(_("offentliggjort status"), max_length=30, blank=True)
    agrees = models.BooleanField(_("enige"), null=True)
    # A refused row as it came, so that it can be put right and brought again.
    cells = models.JSONField(default=list)

    class Meta:
        verbose_name = _("række i indlæsning")
        verbose_name_plural = _("rækker i indlæsninger")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="import_row_once_per_batch", fields=["batch", "number"]),
            models.CheckConstraint(name="import_row_outcome_is_known", condition=Q(outcome__in=RowOutcome.values)),
            models.CheckConstraint(
                name="import_row_refused_says_why",
                condition=Q(outcome=RowOutcome.REFUSED) & ~Q(reason="") | ~Q(outcome=RowOutcome.REFUSED) & Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.batch}, {self.number}"


class ImportChange(models.Model):
    """A row of the registers that a batch made or changed, as it was and as the batch left it: what taking back needs.

    `before` is empty for a row that the batch made. Values as JSON; `table` is Django's label of the model.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="changes")
    table = models.CharField(max_length=60)
    object_pk = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        verbose_name = _("ændring ved indlæsning")
        verbose_name_plural = _("ændringer ved indlæsning")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="import_change_once_per_batch", fields=["batch", "table", "object_pk"]),
        ]
        indexes = [models.Index(fields=["table", "object_pk"], name="import_change_of_object")]

    def __str__(self) -> str:
        return f"{self.batch}, {self.table} {self.object_pk}"
