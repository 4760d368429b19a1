"""Mandates: an organisation lets another's people act for it, and takes that back."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import permissions
from accounts.actors import Actor
from accounts.models import Mandate, Membership, Organisation, User
from accounts.roles import OrganisationKind, Right, Role
from accounts.transitions.events import record
from accounts.transitions.outbox import Importance, queue_mail
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

# Who can give one, and who can hold one (domain.md, section 8).
PRINCIPALS = frozenset({OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION})
HOLDERS = frozenset({OrganisationKind.ADVISER, OrganisationKind.ADMINISTRATION, OrganisationKind.HOUSING})
# Whoever gave it thinks of it again after some years: one grant period and the year before it.
LONGEST = 5


def give_mandate(
    principal: Organisation,
    *,
    holder: Organisation,
    right: Right,
    valid_from: datetime.date,
    valid_to: datetime.date,
    evidence: str,
    case_count: int | None,
    by: Actor,
    at: datetime.datetime,
) -> Mandate:
    """Let the holder's people act for the principal: in all its cases, or in as many as `case_count` says.

    Which they are, the caller writes beside it. An adviser writes and does not submit, and nobody signs by mandate (domain.md,
    section 8, [INFERRED]). Nobody gives one to an organisation of their own: that would be to change one's own rights.

    Errors: NotAllowed unless the principal's own administrator gives it; RuleBroken.
    """
    is_limited = case_count is not None
    with transaction.atomic():
        row = Organisation.objects.select_for_update(no_key=True).get(pk=principal.pk)
        person = _administrator(row, by=by, at=at)
        period = {"valid_from": valid_from, "valid_to": valid_to}
        today = timezone.localdate(at)
        if refusals := [*_check_parties(row, holder, right), *_check_period(**period, today=today)]:
            raise RuleBroken(refusals)
        if Membership.objects.current_or_later(today).filter(user=person, organisation=holder).exists():
            text = gettext_noop("Du kan ikke give fuldmagt til dig selv: du handler også for %(holder)s. Lad en anden gøre det.")
            raise RuleBroken([Violation("own_rights", text, "", field="holder", params={"holder": holder.name})])
        standing = Mandate.objects.for_all_cases().filter(principal=row, holder=holder, revoked_on__isnull=True)
        if not is_limited and standing.filter(valid_from__lte=valid_to, valid_to__gte=valid_from).exists():
            text = gettext_noop("Organisationen har allerede en fuldmagt til alle sager i perioden. Tilbagekald den først.")
            raise RuleBroken([Violation("mandate_overlaps", text, "", field="holder")])
        mandate = Mandate.objects.create(
            principal=row,
            holder=holder,
            right=right,
            is_limited=is_limited,
            case_count=case_count or 0,
            **period,
            evidence=evidence.strip(),
            given_by=person,
            given_at=at,
        )
        record("account:mandate_given", by=by, role=Role.ORG_ADMINISTRATOR, data=_facts(mandate))
        _tell("mandate_given", mandate, holder, on=today)
    return mandate


def revoke_mandate(mandate: Mandate, *, reason: str, by: Actor, at: datetime.datetime) -> None:
    """It holds no longer, from this very moment; either side may end it.

    Errors: NotAllowed; RuleBroken when it was revoked before or is over, or without a reason.
    """
    with transaction.atomic():
        mandate.refresh_from_db(
            from_queryset=Mandate.objects.select_for_update(of=("self",)).select_related("principal", "holder")
        )
        side = mandate.holder if by.organisation == mandate.holder else mandate.principal
        person = _administrator(side, by=by, at=at)
        today = timezone.localdate(at)
        if mandate.revoked_on is not None or mandate.valid_to < today:
            text = gettext_noop("Fuldmagten gælder ikke længere.")
            raise RuleBroken([Violation("mandate_over", text, "")])
        if not reason.strip():
            raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
        _end(mandate, today=today, person=person, reason=reason.strip())
        record("account:mandate_revoked", by=by, role=Role.ORG_ADMINISTRATOR, data=_facts(mandate))
        _tell("mandate_revoked", mandate, mandate.principal if side == mandate.holder else mandate.holder, on=today)


def end_mandates_of_merged(before: Organisation, after: Organisation, *, reason: str, by: Actor, at: datetime.datetime) -> None:
    """Who acts for whom is to be said anew where a merger would widen it: both sides are told.

    What the predecessor gave and held ends, and so does what the successor gave for all its cases: there are more of them now.
    """
    today = timezone.localdate(at)
    widening = Mandate.objects.of(before) | Mandate.objects.for_all_cases().filter(principal=after)
    standing = widening.filter(revoked_on__isnull=True, valid_to__gte=today)
    for mandate in standing.select_related("principal", "holder").order_by("pk"):
        _end(mandate, today=today, person=by.user, reason=reason)
        record("account:mandate_revoked", by=by, data=_facts(mandate))
        for side in (mandate.principal, mandate.holder):
            _tell("mandate_revoked", mandate, side, on=today)


def _end(mandate: Mandate, *, today: datetime.date, person: User | None, reason: str) -> None:
    mandate.revoked_on, mandate.revoked_by, mandate.revoke_reason = today, person, reason
    mandate.save(update_fields=["revoked_on", "revoked_by", "revoke_reason"])


def _administrator(organisation: Organisation, *, by: Actor, at: datetime.datetime) -> User:
    """The person, if still the organisation's administrator on the day."""
    held = Membership.objects.current(timezone.localdate(at)).filter(
        user=by.user, organisation=organisation, role=Role.ORG_ADMINISTRATOR
    )
    if by.user is None or not permissions.may_give_mandates(by, organisation) or not held.exists():
        text = gettext_noop("Kun organisationens egen brugeradministrator kan give og tilbagekalde fuldmagter.")
        raise NotAllowed([Violation("not_allowed", text, "")])
    return by.user


def _check_parties(principal: Organisation, holder: Organisation, right: Right) -> list[Violation]:
    refusals = []
    if principal.kind not in PRINCIPALS:
        text = gettext_noop("Kun en boligorganisation eller en administrationsorganisation kan give fuldmagt.")
        refusals.append(Violation("cannot_give", text, ""))
    if holder.kind not in HOLDERS or holder == principal or holder.succeeded_by_id is not None:
        text = gettext_noop("Vælg en rådgiver, en administrationsorganisation eller en anden boligorganisation.")
        refusals.append(Violation("cannot_hold", text, "", field="holder"))
    if holder.kind == OrganisationKind.ADVISER and right == Right.SUBMIT:
        text = gettext_noop("En rådgiver kan skrive, men ikke indsende. Vælg et mindre omfang.")
        refusals.append(Violation("adviser_submits", text, "", field="right", is_confirmed=False))
    return refusals


def _check_period(valid_from: datetime.date, valid_to: datetime.date, *, today: datetime.date) -> list[Violation]:
    if valid_from < today:
        text = gettext_noop("En fuldmagt kan ikke gives tilbage i tiden. Vælg i dag eller en senere dag.")
        return [Violation("begins_in_the_past", text, "", field="valid_from")]
    if valid_to < valid_from:
        text = gettext_noop("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag.")
        return [Violation("ends_before_it_begins", text, "", field="valid_to")]
    if (valid_to.year - LONGEST, valid_to.month, valid_to.day) >= (valid_from.year, valid_from.month, valid_from.day):
        text = gettext_noop("En fuldmagt kan højst gælde i %(years)s år. Vælg en tidligere slutdato.")
        return [Violation("too_long", text, "", field="valid_to", params={"years": str(LONGEST)})]
    return []


def _facts(mandate: Mandate) -> dict[str, Any]:
    return {
        "given": mandate.pk,
        "principal": mandate.principal_id,
        "to": mandate.holder_id,
        "right": mandate.right,
        "is_limited": mandate.is_limited,
        "valid_from": mandate.valid_from.isoformat(),
        "valid_to": mandate.valid_to.isoformat(),
        "revoked_on": mandate.revoked_on.isoformat() if mandate.revoked_on else None,
    }


def _tell(event: str, mandate: Mandate, organisation: Organisation, *, on: datetime.date) -> None:
    """The other side's administrators, or whoever there would act by the mandate where there is none."""
    held = Membership.objects.current(on).filter(organisation=organisation)
    for roles in ([Role.ORG_ADMINISTRATOR], [Role.ADVISER, Role.APPLICANT]):
        people = User.objects.filter(pk__in=held.filter(role__in=roles).values("user_id"), is_active=True)
        if people := people.select_related("notification_choice").order_by("pk"):
            break
    path = reverse("applications:mandate", args=[organisation.pk, mandate.pk])
    context = {"mandate": mandate, "right": Right(mandate.right).label, "path": path}
    for person in people:
        queue_mail(event, key=f"mandate:{mandate.pk}", to=person, context=context, importance=Importance.MUST)
