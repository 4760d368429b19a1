"""The outbox that every app uses, and what a person chose to get from it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.querysets import CalendarFeedQuerySet, DigestEntryQuerySet, OutgoingMailQuerySet

# A SHA-256, as it is written.
HASH = r"^[0-9a-f]{64}$"


class OutgoingMail(models.Model):
    """The outbox: a mail is a row in the transaction that causes it, and is sent once, after commit.

    A lost broker loses nothing: a periodic task finds what waits. `key` says what the mail is about, so that a
    repeated task cannot queue it twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    event = models.CharField(max_length=60)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    body_html = models.TextField()
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("udgående mail")
        verbose_name_plural = _("udgående mails")
        indexes = [
            models.Index(fields=["queued_at"], condition=Q(sent_at__isnull=True), name="outgoing_mail_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to_address})"


class MailFrequency(models.TextChoices):
    """When a person gets mails that are no decisions."""

    AT_ONCE = "AT_ONCE", _("Med det samme")
    DAILY = "DAILY", _("Samlet i én daglig mail")


class NotificationChoice(models.Model):
    """Which mails a person wants, and when. Who has chosen nothing gets all of them at once.

    Decisions, hearings, warnings and what concerns the account itself are sent at once whatever is chosen
    (transitions.Importance).
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_choice")
    frequency = models.CharField(_("mails sendes"), max_length=10, choices=MailFrequency, default=MailFrequency.AT_ONCE)
    only_when_i_act = models.BooleanField(_("kun når jeg skal gøre noget"), default=False)

    class Meta:
        verbose_name = _("valg af mails")
        verbose_name_plural = _("valg af mails")
        constraints = [
            models.CheckConstraint(name="notification_frequency_is_known", condition=Q(frequency__in=MailFrequency.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_frequency_display()}"


class DigestEntry(models.Model):
    """A line of somebody's next daily mail: what the mail at once would have had as its subject, and its link.

    `key` is the key that the mail would have had, so that nothing is said twice. Once in a mail it stays, as the outbox does.
    """

    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    path = models.CharField(max_length=500)
    queued_at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DigestEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("linje i daglig mail")
        verbose_name_plural = _("linjer i daglige mails")
        ordering = ["queued_at", "pk"]
        indexes = [models.Index(fields=["user"], condition=Q(mail__isnull=True), name="digest_entry_waiting")]

    def __str__(self) -> str:
        return self.subject


class CalendarFeed(models.Model):
    """The address under which a person's calendar reads its deadlines. The secret in it is kept as a hash only.

    Revoked it stays, so that when it held can be answered; one holds at a time. Reads are counted by the hour.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("oprettet"))
    revoked_at = models.DateTimeField(_("lukket"), null=True, blank=True)
    hour_began_at = models.DateTimeField(null=True, blank=True)
    reads_this_hour = models.PositiveIntegerField(default=0)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="calendar_feed_one_at_a_time", fields=["user"], condition=Q(revoked_at__isnull=True)),
            models.CheckConstraint(
                name="calendar_feed_revoked_after_made", condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at"))
            ),
            models.CheckConstraint(name="calendar_feed_hash_is_one", condition=Q(token_hash__regex=HASH)),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.made_at:%Y-%m-%d}"
