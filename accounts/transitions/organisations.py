"""Organisations: registered, corrected, renamed, merged."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

import pghistory
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import FormerName, Membership, Organisation, Succession, User
from accounts.roles import OrganisationKind, Role
from accounts.signals import organisations_merged
from accounts.transitions.events import record, require_fund, who
from accounts.transitions.mandates import end_mandates_of_merged
from accounts.transitions.people import DAY, end_at_once, tell_of_taken, withdraw_all
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.rows import lock, save
from lbf_portal.lib.words import gettext_noop

# Who can run a housing organisation's office.
ADMINISTRATORS = frozenset({OrganisationKind.ADMINISTRATION, OrganisationKind.HOUSING})


def register_organisation(
    kind: OrganisationKind, name: str, *, by: Actor, municipality_code: str = "", source: str = "", is_demo: bool = False
) -> Organisation:
    """A party of the portal.

    Errors: NotAllowed unless the fund or the portal itself does it.
    """
    require_fund(by)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=kind, name=name, municipality_code=municipality_code, source=source, is_demo=is_demo
        )
        record("account:organisation_registered", by=by, data={"organisation": organisation.pk})
    return organisation


# What a form of an organisation shows, and so what its fingerprint covers.
ORGANISATION_FIELDS = ("cvr_number", "lbf_number", "administered_by")


def change_organisation(
    organisation: Organisation,
    *,
    cvr_number: str,
    lbf_number: str,
    administered_by: Organisation | None,
    by: Actor,
    seen: str | None = None,
) -> None:
    """Correct an organisation's numbers, and who runs its office.

    Errors: NotAllowed unless the fund or the portal itself does it; Outdated; RuleBroken when a number is no number, or the
    administrator cannot be one.
    """
    require_fund(by)
    values = {"cvr_number": cvr_number, "lbf_number": lbf_number, "administered_by": administered_by}
    with transaction.atomic(), pghistory.context(**who(by)):
        lock(organisation, ORGANISATION_FIELDS, seen=seen)
        changed = sorted(name for name, value in values.items() if getattr(organisation, name) != value)
        if not changed:
            return
        if administered_by is not None and administered_by.kind not in ADMINISTRATORS:
            text = gettext_noop("Vælg en administrationsorganisation eller en boligorganisation.")
            raise RuleBroken([Violation("cannot_administer", text, "", field="administered_by")])
        if administered_by is not None and "administered_by" in changed:
            _require_standing(administered_by, field="administered_by")
        for name, value in values.items():
            setattr(organisation, name, value)
        save(organisation)
        record("account:organisation_changed", by=by, data={"organisation": organisation.pk, "fields": changed})


# What a form of a new name shows, and so what its fingerprint covers.
NAME_FIELDS = ("name", "renamed_on")


def rename_organisation(
    organisation: Organisation,
    *,
    name: str,
    renamed_on: datetime.date,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """The organisation has another name from a day on; what is of days before keeps the one it had.

    Errors: NotAllowed unless the fund or the portal itself does it; Outdated; RuleBroken when the day is to come, or not
    after the day of the present name, or another organisation has the name.
    """
    require_fund(by)
    with transaction.atomic(), pghistory.context(**who(by)):
        lock(organisation, NAME_FIELDS, seen=seen)
        _require_standing(organisation)
        if name.strip() == organisation.name:
            raise RuleBroken([Violation("same_name", gettext_noop("Organisationen hedder allerede sådan."), "", field="name")])
        if renamed_on > timezone.localdate(at):
            text = gettext_noop("Registrer navnet, når det gælder. Vælg i dag eller en tidligere dag.")
            raise RuleBroken([Violation("day_to_come", text, "", field="renamed_on")])
        if organisation.renamed_on is not None and renamed_on <= organisation.renamed_on:
            text = gettext_noop("Det nuværende navn gælder fra %(day)s. Vælg en senere dag.")
            raise RuleBroken([Violation("before_last", text, "", field="renamed_on", params={"day": organisation.renamed_on})])
        before = organisation.name
        FormerName.objects.create(
            organisation=organisation,
            name=before,
            last_day=renamed_on - datetime.timedelta(days=1),
            recorded_by=by.user,
            recorded_at=at,
        )
        organisation.name, organisation.renamed_on = name.strip(), renamed_on
        save(organisation)
        data = {"organisation": organisation.pk, "before": before, "name": organisation.name, "from": renamed_on.isoformat()}
        record("account:organisation_renamed", by=by, data=data)


# Which kinds merge; each with its like.
MERGING = frozenset({OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION})


def merge_organisations(
    predecessor: Organisation,
    *,
    successor: Organisation,
    effective_on: datetime.date,
    reason: str,
    people_follow: bool,
    by: Actor,
    at: datetime.datetime,
) -> Succession:
    """The predecessor is merged into the successor, which stands in its place from here on.

    The predecessor stays, with its name, on what was decided and signed for it; the successor's people act there. What is
    still open follows (`organisations_merged`). Its people act for the successor in the roles that they had, if
    `people_follow`. Mandates end where they would widen without anybody having said so: the predecessor's, given and held, and
    those that the successor gave for all its cases. It cannot be taken back: a merger of organisations cannot, either.

    Errors: NotAllowed unless the fund or the portal itself does it; RuleBroken.
    """
    require_fund(by)
    with transaction.atomic(), pghistory.context(**who(by)):
        pair = [predecessor.pk, successor.pk]
        rows = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=pair).order_by("pk")}
        before, after = rows[predecessor.pk], rows[successor.pk]
        _require_merging(before, after, effective_on, today=timezone.localdate(at))
        succession = Succession.objects.create(
            predecessor=before,
            successor=after,
            effective_on=effective_on,
            reason=reason.strip(),
            recorded_by=by.user,
            recorded_at=at,
        )
        for administered in Organisation.objects.filter(administered_by=before).order_by("pk"):
            administered.administered_by = None if administered.pk == after.pk else after
            administered.save(update_fields=["administered_by", "sort_key"])
            data = {"organisation": administered.pk, "fields": ["administered_by"], "merged_from": before.pk}
            record("account:organisation_changed", by=by, data=data)
        after.refresh_from_db()
        Organisation.objects.filter(succeeded_by=before).update(succeeded_by=after)
        before.succeeded_by = after
        save(before)
        withdraw_all(before.invitations.open(), by=by, at=at)
        _end_people(before, after, follow=people_follow, by=by, at=at)
        reason_told = f"{before.name} er lagt sammen med {after.name}"[:300]
        end_mandates_of_merged(before, after, reason=reason_told, by=by, at=at)
        data = {"predecessor": before.pk, "successor": after.pk, "from": effective_on.isoformat(), "people_follow": people_follow}
        record("account:organisations_merged", by=by, data=data)
        organisations_merged.send(
            sender=Organisation, predecessor=before, successor=after, effective_on=effective_on, by=by, at=at
        )
        predecessor.refresh_from_db()
    return succession


def _end_people(before: Organisation, after: Organisation, *, follow: bool, by: Actor, at: datetime.datetime) -> None:
    """Roles end here; there they begin, save administering, where somebody does so already and stays.

    Whoever gets less than they had is signed out everywhere.
    """
    today = timezone.localdate(at)
    has_administrator = Membership.objects.administering(today).filter(organisation=after).exists()
    ended = Membership.objects.current_or_later(today).filter(organisation=before).select_related("user").order_by("pk")
    taken: dict[User, set[Role]] = {}
    for membership in ended:
        last_day, begins, role = membership.valid_to, max(today, membership.valid_from), Role(membership.role)
        end_at_once(membership, today=today)
        facts = {"organisation": before.pk, "role": role, "merged_into": after.pk}
        record("account:membership_ended", by=by, subject=membership.user, data=facts)
        if not follow or (role == Role.ORG_ADMINISTRATOR and has_administrator):
            taken.setdefault(membership.user, set()).add(role)
            continue
        held = Membership.objects.filter(user=membership.user, organisation=after, role=role)
        for first, last in _gaps(begins, last_day, [(one.valid_from, one.valid_to) for one in held]):
            Membership.objects.create(user=membership.user, organisation=after, role=role, valid_from=first, valid_to=last)
            facts = {"organisation": after.pk, "role": role, "merged_from": before.pk}
            record("account:membership_granted", by=by, subject=membership.user, data=facts)
    for user, roles in taken.items():
        left = set(
            Membership.objects.current_or_later(today).filter(user=user, organisation=after).values_list("role", flat=True)
        )
        tell_of_taken(before, user, taken=roles, left={Role(role) for role in left}, by=by, at=at)


Period = tuple[datetime.date, datetime.date | None]


def _gaps(first: datetime.date, last: datetime.date | None, held: Iterable[Period]) -> Iterator[Period]:
    """What of the period is not held yet; an open end is None."""
    for begins, ends in sorted(held, key=lambda period: period[0]):
        if (ends is not None and (ends < first or ends < begins)) or (last is not None and last < begins):
            continue
        if first < begins:
            yield first, begins - DAY
        if ends is None:
            return
        first = ends + DAY
    if last is None or first <= last:
        yield first, last


def _require_merging(before: Organisation, after: Organisation, effective_on: datetime.date, *, today: datetime.date) -> None:
    _require_standing(before)
    _require_standing(after, field="successor")
    if before.pk == after.pk or before.kind != after.kind or before.kind not in MERGING:
        text = gettext_noop("Vælg en anden organisation af samme art.")
        raise RuleBroken([Violation("cannot_merge", text, "", field="successor")])
    if effective_on > today:
        text = gettext_noop("Registrer sammenlægningen, når den gælder. Vælg i dag eller en tidligere dag.")
        raise RuleBroken([Violation("day_to_come", text, "", field="effective_on")])


def _require_standing(organisation: Organisation, field: str = "") -> None:
    if organisation.succeeded_by_id is not None:
        text = gettext_noop("%(organisation)s er allerede lagt sammen med en anden.")
        raise RuleBroken([Violation("merged_away", text, "", field=field, params={"organisation": organisation.name})])
