"""Querysets of accounts."""

from __future__ import annotations

import datetime
import hashlib
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.roles import OrganisationKind, Role

if TYPE_CHECKING:
    from accounts.models import (
        CalendarFeed,
        DigestEntry,
        Invitation,
        Mandate,
        Membership,
        Organisation,
        OutgoingMail,
        User,
    )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Parties."""

    def standing(self) -> OrganisationQuerySet:
        """Those that were not merged into another."""
        return self.filter(succeeded_by__isnull=True)

    def acted_for(self) -> OrganisationQuerySet:
        """With what is asked of the organisation acted for on every page, in the same query."""
        mandates = cast("type[Mandate]", cast("Any", self.model).mandates_held.rel.related_model)
        merged = self.model.objects.filter(succeeded_by=OuterRef("pk")).order_by("pk")
        held = mandates.objects.filter(holder=OuterRef("pk"), revoked_on__isnull=True)
        return self.annotate(merged_ids=ArraySubquery(merged.values("pk")), has_held_mandates=Exists(held))


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates."""

    def holding_on(self, on: datetime.date) -> MandateQuerySet:
        """Those that hold on the day, first and last day included, the day of revocation not."""
        unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=on)
        return self.filter(unrevoked, valid_from__lte=on, valid_to__gte=on)

    def usable_by(self, user: User, *, on: datetime.date) -> MandateQuerySet:
        """Those that the person can act by on the day: they hold, and the person does such work for their holder."""
        memberships = cast("type[Membership]", cast("Any", user).memberships.model)
        held = memberships.objects.doing_mandated_work(on).filter(user=user, organisation=OuterRef("holder"))
        usable = self.holding_on(on).filter(Exists(held), principal__succeeded_by__isnull=True)
        return usable.select_related("principal", "holder").order_by("principal__sort_key", "holder__sort_key", "pk")

    def for_all_cases(self) -> MandateQuerySet:
        """Those that name no cases."""
        return self.filter(is_limited=False)

    def of(self, organisation: Organisation) -> MandateQuerySet:
        """Given by the organisation, or held by it: both sides see a mandate."""
        return self.filter(Q(principal=organisation) | Q(holder=organisation))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; perhaps expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def of_token(self, token: str, *, at: datetime.datetime) -> InvitationQuerySet:
        """The one with this secret, if it still opens something. A hash is looked up, so the time it takes tells nothing."""
        return self.open().filter(token_hash=hashlib.sha256(token.encode()).hexdigest(), expires_at__gt=at)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who is where."""

    def current(self, on: datetime.date) -> MembershipQuerySet:
        """Memberships that hold on the day, both ends included."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))

    def doing_mandated_work(self, on: datetime.date) -> MembershipQuerySet:
        """Memberships on the day of those who act by the mandates that their organisation holds."""
        works = Q(role=Role.ADVISER, organisation__kind=OrganisationKind.ADVISER) | Q(
            role=Role.APPLICANT, organisation__kind__in=[OrganisationKind.ADMINISTRATION, OrganisationKind.HOUSING]
        )
        return self.current(on).filter(works)

    def administering(self, on: datetime.date) -> MembershipQuerySet:
        """Those who look after an organisation's people on the day, and of whom no end is known."""
        return self.current(on).filter(role=Role.ORG_ADMINISTRATOR, valid_to__isnull=True, user__is_active=True)

    def current_or_later(self, on: datetime.date) -> MembershipQuerySet:
        """Memberships that hold on the day or begin after it."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).exclude(valid_to__lt=F("valid_from"))


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """The outbox."""

    # How long after it was queued a mail is tried again, by the number of attempts made. After the last it stays, with
    # its error, until a person has looked: a mail of last week in somebody's inbox helps nobody.
    TRIED_AGAIN_AFTER = tuple(
        datetime.timedelta(minutes=minutes) for minutes in (2, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60)
    )

    def waiting(self) -> OutgoingMailQuerySet:
        """Mails not yet sent."""
        return self.filter(sent_at__isnull=True)

    def due(self, *, at: datetime.datetime) -> OutgoingMailQuerySet:
        """Waiting mails whose turn it is: the task that sends at once had its two minutes, or the last attempt failed."""
        turns = [Q(attempts=attempts, queued_at__lte=at - delay) for attempts, delay in enumerate(self.TRIED_AGAIN_AFTER)]
        return self.waiting().filter(reduce(or_, turns))


class DigestEntryQuerySet(models.QuerySet["DigestEntry"]):
    """Lines of daily mails."""

    def waiting(self, *, before: datetime.datetime) -> DigestEntryQuerySet:
        """Lines that stand in no mail yet and came before the moment."""
        return self.filter(mail__isnull=True, queued_at__lt=before)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Addresses of calendars."""

    def holding(self) -> CalendarFeedQuerySet:
        """Those that nobody has revoked, of people who are active."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)

    def of_token(self, token: str) -> CalendarFeedQuerySet:
        """The one with this secret, if it holds. A hash is looked up, so the time it takes tells nothing of the secret."""
        return self.holding().filter(token_hash=hashlib.sha256(token.encode()).hexdigest())
