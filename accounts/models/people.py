"""People, organisations, and who is where."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.querysets import MembershipQuerySet, OrganisationQuerySet
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
    # How often the person's sessions were ended by somebody else: part of what each session is held against.
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0, editable=False)

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

    def get_session_auth_hash(self) -> str:
        """What a session is held against on every request: password, and how often sessions were ended."""
        return self._of_this_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same by the keys that `SECRET_KEY` had before."""
        for fallback in super().get_session_auth_fallback_hash():
            yield self._of_this_round(fallback)

    def _of_this_round(self, session_hash: str) -> str:
        return f"{session_hash}-{self.sessions_ended}" if self.sessions_ended else session_hash


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
    # The first day of the present name, if there was another before it (FormerName).
    renamed_on = models.DateField(_("navn fra"), null=True, blank=True, editable=False)
    # Merged away: who acts for it now. Through how many mergers, and when, stands in Succession.
    succeeded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="succeeds", verbose_name=_("lagt sammen med")
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="organisation_kind_is_known", condition=Q(kind__in=OrganisationKind.values)),
            # Whoever was merged away keeps its name, and the successor may take it.
            models.UniqueConstraint(
                name="organisation_name_unique_in_kind",
                fields=["kind", "name"],
                condition=Q(succeeded_by__isnull=True),
                violation_error_message=_("En anden organisation af samme art hedder allerede sådan."),
            ),
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
            models.CheckConstraint(
                name="organisation_does_not_succeed_itself",
                condition=Q(succeeded_by__isnull=True) | ~Q(succeeded_by=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    def name_on(self, day: datetime.date) -> str:
        """The name of the day. Asks the database only where there was another before, and not when `former_names` is read."""
        if self.renamed_on is None or day >= self.renamed_on:
            return self.name
        earlier = [former for former in self.former_names.all() if former.last_day >= day]
        return min(earlier, key=lambda former: former.last_day).name if earlier else self.name

    @cached_property
    def predecessor_ids(self) -> list[int]:
        """Organisations merged into this one, through however many mergers; read along by `OrganisationQuerySet.acted_for`."""
        read_along: list[int] | None = self.__dict__.get("merged_ids")
        return list(self.succeeds.values_list("pk", flat=True)) if read_along is None else read_along


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
                # A role taken back on its first day ends the day before: it held on no day.
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from") - datetime.timedelta(days=1)),
            ),
            models.UniqueConstraint(
                name="membership_role_once_at_a_time",
                fields=["user", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {Role(self.role).label}, {self.organisation}"
