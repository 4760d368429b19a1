"""What the fund asked, recommended and decided, and the letters that say so."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models.application import AMOUNT, Application, ApplicationEvent


class PartyHearing(models.Model):
    """A party hearing before an unfavourable decision (R145, forvaltningsloven § 19)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="hearings")
    facts = models.TextField(_("det, I høres om"))
    sent_on = models.DateField(_("sendt"))
    deadline = models.DateField(_("frist"))
    reply = models.TextField(_("svar"), blank=True)
    replied_on = models.DateField(_("besvaret"), null=True, blank=True)
    replied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("partshøring")
        verbose_name_plural = _("partshøringer")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="hearing_deadline_after_sending", condition=Q(deadline__gt=F("sent_on"))),
            models.CheckConstraint(
                name="hearing_reply_is_dated_and_named",
                condition=Q(replied_on__isnull=True, replied_by__isnull=True, reply="")
                | Q(replied_on__isnull=False, replied_by__isnull=False) & ~Q(reply=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.sent_on}"


class Recommendation(models.Model):
    """The case officer's recommendation of a commitment: amounts, the frame's year, reasons. The latest one counts."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="recommendations")
    frame_year = models.PositiveSmallIntegerField(_("rammeår"))
    social_amount = models.DecimalField(_("til den boligsociale indsats"), **AMOUNT)
    rent_amount = models.DecimalField(_("til huslejestøtte"), **AMOUNT, default=0)
    reasons = models.TextField(_("begrundelse"))
    recommended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("indstilling")
        verbose_name_plural = _("indstillinger")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="recommendation_social_is_positive", condition=Q(social_amount__gt=0)),
            models.CheckConstraint(name="recommendation_rent_is_not_negative", condition=Q(rent_amount__gte=0)),
            # With its id the target of a decision's foreign key, so that a decision names the recommender truly (migration 0002).
            models.UniqueConstraint(name="recommendation_names_its_author", fields=["id", "recommended_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.frame_year}"


class Outcome(models.TextChoices):
    """What a decision says."""

    PREQUALIFIED = "PREQUALIFIED", _("Prækvalificeret")
    REFUSED = "REFUSED", _("Afslag")
    COMMITTED = "COMMITTED", _("Tilsagn")


class Decision(models.Model):
    """A decision with its reasons, the facts as they stood, and for a commitment what was granted from which year. Append-only.

    Four eyes: whoever recommended a commitment did not decide it; the database holds that too.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("afgørelse"), max_length=20, choices=Outcome)
    decided_on = models.DateField(_("dato"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(_("begrundelse"))
    # The area's standing and the rules' answers on the day, so that a later list changes nothing that was decided.
    facts = models.JSONField(default=dict)
    recommendation = models.OneToOneField(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="decision"
    )
    recommended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    frame_year = models.PositiveSmallIntegerField(_("rammeår"), null=True, blank=True)
    social_amount = models.DecimalField(_("til den boligsociale indsats"), **AMOUNT, null=True, blank=True)
    rent_amount = models.DecimalField(_("til huslejestøtte"), **AMOUNT, null=True, blank=True)

    class Meta:
        verbose_name = _("afgørelse")
        verbose_name_plural = _("afgørelser")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="decision_has_reasons", condition=~Q(reasons="")),
            models.UniqueConstraint(
                name="decision_one_commitment", fields=["application"], condition=Q(outcome=Outcome.COMMITTED)
            ),
            models.CheckConstraint(
                name="decision_four_eyes",
                condition=Q(recommended_by__isnull=True) | ~Q(recommended_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="decision_commitment_is_complete",
                condition=~Q(outcome=Outcome.COMMITTED)
                | Q(
                    recommendation__isnull=False,
                    recommended_by__isnull=False,
                    frame_year__isnull=False,
                    social_amount__gt=0,
                    rent_amount__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.get_outcome_display()}"


class DocumentKind(models.TextChoices):
    """Letters and papers that the portal makes."""

    RECEIPT = "RECEIPT", _("Kvittering")
    PREQUALIFICATION_LETTER = "PREQUALIFICATION_LETTER", _("Brev om prækvalifikation")
    REFUSAL_LETTER = "REFUSAL_LETTER", _("Afslag")
    COMMITMENT_LETTER = "COMMITMENT_LETTER", _("Tilsagnsbrev")
    TRANSFER_LETTER = "TRANSFER_LETTER", _("Brev om flytning til nye regler")
    TRANSFER_BACK_LETTER = "TRANSFER_BACK_LETTER", _("Brev om, at flytningen er taget tilbage")


class Document(models.Model):
    """A letter as it was sent: the file, its SHA-256, and the event it proves. Made once, never rendered again. Append-only."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    event = models.ForeignKey(ApplicationEvent, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("art"), max_length=30, choices=DocumentKind)
    file = models.FileField(upload_to="letters/%Y/%m")
    sha256 = models.CharField(max_length=64)
    template_version = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(_("dannet"), default=timezone.now)

    class Meta:
        verbose_name = _("dokument")
        verbose_name_plural = _("dokumenter")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(name="document_once_per_event", fields=["event", "kind"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.application.case_number}"
