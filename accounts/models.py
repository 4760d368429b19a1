"""People, organisations, memberships; the abstract audit event and the outbox that every app uses."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, ClassVar, cast

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.querysets import CalendarFeedQuerySet, DigestEntryQuerySet, MembershipQuerySet, OutgoingMailQuerySet
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from lbf_portal.lib.danish import sort_key


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case so that one person is one user."""

    def create_user(self, email: str, name: str, password: str | None = None) -> User:
        """A person who can sign in once a password is set."""
        user = self.model(email=email.lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Finds the user whatever the case the address is typed in."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. What the person may do follows from memberships and seats, never from the user itself."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("navn"), max_length=200)
    language = models.CharField(_("sprog"), max_length=2, choices=[("da", "Dansk"), ("en", "English")], default="da")
    is_active = models.BooleanField(_("aktiv"), default=True)
    created_at = models.DateTimeField(_("oprettet"), db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")
        constraints = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="OrganisationVersion")
class Organisation(models.Model):
    """A party: the fund, a housing or administration organisation, a municipality, an adviser, an auditor."""

    kind = models.CharField(_("art"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(_("navn"), max_length=200)
    sort_key = models.CharField(max_length=400, editable=False)
    cvr_number = models.CharField(_("CVR-nummer"), max_length=8, blank=True)
    lbf_number = models.CharField(_("LBF-nummer"), max_length=10, blank=True)
    # A municipality's four digits; of other organisations the municipality named by their source, if any.
    municipality_code = models.CharField(_("kommunekode"), max_length=4, blank=True)
    # The administration organisation that runs a housing organisation's office, if any.
    administered_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="administers", verbose_name=_("administreres af")
    )
    source = models.URLField(_("kilde"), max_length=500, blank=True)
    is_demo = models.BooleanField(_("opdigtet til demo"), default=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="organisation_kind_is_known", condition=Q(kind__in=OrganisationKind.values)),
            models.UniqueConstraint(name="organisation_name_unique_in_kind", fields=["kind", "name"]),
            models.UniqueConstraint(
                name="organisation_municipality_once",
                fields=["municipality_code"],
                condition=Q(kind=OrganisationKind.MUNICIPALITY),
            ),
            models.UniqueConstraint(name="organisation_fund_once", fields=["kind"], condition=Q(kind=OrganisationKind.FUND)),
            models.CheckConstraint(
                name="organisation_cvr_number_has_eight_digits",
                condition=Q(cvr_number="") | Q(cvr_number__regex=r"^[0-9]{8}$"),
                violation_error_message=_("Et CVR-nummer har otte cifre."),
            ),
            models.CheckConstraint(
                name="organisation_lbf_number_has_digits_only",
                condition=Q(lbf_number="") | Q(lbf_number__regex=r"^[0-9]+$"),
                violation_error_message=_("Et LBF-nummer består af cifre."),
            ),
            models.CheckConstraint(
                name="organisation_administered_is_a_housing_organisation",
                condition=Q(administered_by__isnull=True) | Q(kind=OrganisationKind.HOUSING),
                violation_error_message=_("Kun en boligorganisation kan have en administrationsorganisation."),
            ),
            models.CheckConstraint(
                name="organisation_does_not_administer_itself",
                condition=Q(administered_by__isnull=True) | ~Q(administered_by=F("pk")),
                violation_error_message=_("En organisation kan ikke være administrationsorganisation for sig selv."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


@pghistory.track(model_name="MembershipVersion")
class Membership(models.Model):
    """A role of a person in an organisation, from a day to a day (both included; an open end is empty)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("medlemskab")
        verbose_name_plural = _("medlemskaber")
        constraints = [
            models.CheckConstraint(
                name="membership_role_is_held_in_organisations",
                condition=Q(role__in=sorted(frozenset[str]().union(*ROLES_OF_KIND.values()))),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="membership_role_once_at_a_time",
                fields=["user", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {Role(self.role).label}, {self.organisation}"


def organisations_of(user: User, *, on: datetime.date) -> list[Organisation]:
    """Organisations the user can act for on the day, in Danish order."""
    ids = Membership.objects.current(on).filter(user=user).values("organisation_id")
    return list(Organisation.objects.filter(pk__in=ids))


def actor_for(user: User, organisation: Organisation | None, *, on: datetime.date) -> Actor:
    """The actor that the user is in the organisation on the day.

    A role that the organisation's kind does not hold has no effect: nobody becomes a case officer by a row in a
    housing organisation.
    """
    if organisation is None:
        return Actor(user, None, frozenset())
    held = Membership.objects.current(on).filter(user=user, organisation=organisation).values_list("role", flat=True)
    possible = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
    return Actor(user, organisation, frozenset(Role(role) for role in held) & possible)


class AuditEvent(models.Model):
    """Who did what, when, in which role, for which organisation, and why (domain.md 11.3). Append-only in every app.

    Concrete event tables add a foreign key to what the event is about and are made append-only by their migration.
    Personal data beyond the actor stays out, so nothing here ever needs erasing.
    """

    event = models.CharField(_("hændelse"), max_length=60)
    at = models.DateTimeField(_("tidspunkt"), default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    reason = models.TextField(_("begrundelse"), blank=True)
    state_from = models.CharField(max_length=30, blank=True)
    state_to = models.CharField(max_length=30, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.event


class LeavesEvents(models.Model):
    """What keeps a history of its own (a case, an effort): its event table points back under the name `events`."""

    class Meta:
        abstract = True

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """The roles that the actor has in this very case or effort on the day."""
        raise NotImplementedError  # each model has rules of its own; Django's metaclass leaves no room for an abstract method

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
        """Leave an event: who, in which role (of `roles`, else of all held that day), for which organisation, what and why."""
        held = self.roles_of(by, on=timezone.localdate(at)) if roles is None else roles
        left: AuditEvent = cast("Any", self).events.create(
            event=event,
            at=at,
            user=by.user,
            organisation=by.organisation,
            role=min(held) if held else Role.SYSTEM,
            reason=reason,
            state_from=state_from,
            state_to=state_to,
            data=data or {},
        )
        return left


class AccountEvent(AuditEvent):
    """Sign-in, sign-out, change of the organisation acted for, rights given and taken."""

    subject = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("kontohændelse")
        verbose_name_plural = _("kontohændelser")
        indexes = [
            # Each try to sign in counts those of the last quarter (transitions.authenticate_person).
            models.Index(fields=["at"], name="account_event_at"),
        ]


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


# A SHA-256, as it is written.
HASH = r"^[0-9a-f]{64}$"


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
