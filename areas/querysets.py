"""Querysets of areas. Registers and lists are public facts: every signed-in person sees all of them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, FilteredRelation, OuterRef, Q, Subquery, Value, When

from accounts.actors import Actor
from accounts.roles import OrganisationKind
from areas.permissions import may
from areas.rules.standing import ListingFacts, Status
from areas.states import IN_WORK
from lbf_portal.lib.danish import sort_key

if TYPE_CHECKING:
    from areas.models import (
        AreaList,
        AreaListing,
        AreaMembership,
        ConnectedDepartment,
        Department,
        DevelopmentPlan,
        HousingArea,
        ImportBatch,
    )

# The column of a listing that holds each status.
FLAGS: dict[Status, str] = {
    Status.CONVERSION_AREA: "is_conversion_area",
    Status.PARALLEL_SOCIETY: "is_parallel_society",
    Status.EXPOSED: "is_exposed",
    Status.PREVENTION_AREA: "is_prevention_area",
}


def has_status(prefix: str = "") -> Q:
    """The listing gives at least one status: the area is on the list, not merely named beside it."""
    return Q(*((f"{prefix}{flag}", True) for flag in FLAGS.values()), _connector=Q.OR)


def holds_on(day: datetime.date, prefix: str = "", start: str = "valid_from", end: str = "valid_to") -> Q:
    """The period covers the day, both ends included; an open end is empty."""
    return Q((f"{prefix}{start}__lte", day)) & (Q((f"{prefix}{end}__isnull", True)) | Q((f"{prefix}{end}__gte", day)))


def _listed_as(status: Status, inherited: Mapping[int, ListingFacts] | None) -> Q:
    """The list gives the area the status, itself or by an area it came from."""
    by_origin = [area for area, said in (inherited or {}).items() if said.flags.get(status)]
    return Q((f"listed__{FLAGS[status]}", True)) | Q(pk__in=by_origin)


class AreaListQuerySet(models.QuerySet["AreaList"]):
    """Published lists, as far as they are held."""

    def published_by(self, on: datetime.date) -> Self:
        """Lists published on or before the day."""
        return self.filter(published_on__lte=on)

    def held(self) -> Self:
        """Lists of which at least one area is named here; a list of which only the numbers are known answers nothing."""
        return self.filter(listings__isnull=False).distinct()

    def with_held_counts(self) -> Self:
        """Adds `held_<flag>`: how many areas the portal holds with each status, to be compared with the published number."""
        return self.annotate(
            **{f"held_{flag}": Count("listings", filter=Q((f"listings__{flag}", True))) for flag in FLAGS.values()}
        )


class AreaListingQuerySet(models.QuerySet["AreaListing"]):
    """What lists say of areas."""

    def published_by(self, on: datetime.date) -> Self:
        """Listings of lists published on or before the day."""
        return self.filter(area_list__published_on__lte=on)


class HousingAreaQuerySet(models.QuerySet["HousingArea"]):
    """Housing areas."""

    def visible_to(self, actor: Actor) -> Self:  # noqa: ARG002 - asked everywhere alike, although the answer is the same
        """All areas, to every signed-in person: the lists are public (§ 61 a, stk. 5; R33)."""
        return self.all()

    def matching(self, text: str) -> Self:
        """Areas whose name or municipality holds the text, as Danes spell: å and aa are the same, capitals do not matter."""
        wanted = sort_key(text)
        return self.filter(Q(sort_key__contains=wanted) | Q(municipality__sort_key__contains=wanted))

    def not_merged_away(self, *, on: datetime.date) -> Self:
        """Areas that stand themselves on the day; one that was merged away stands under its successor (R31)."""
        mergers = apps.get_model("areas.AreaChange").objects.filter(kind="MERGED", changed_on__lte=on)
        return self.exclude(pk__in=mergers.values("predecessor"))

    def with_severity(self, area_list: AreaList | None, inherited: Mapping[int, ListingFacts] | None = None) -> Self:
        """Adds `severity`: 4 for a conversion area on the list down to 1 for a prevention area, 0 for no known status.

        `listed` is the area's row on that list, for filters on its flags; `inherited` is what the list says of areas that it
        names only by an area they came from.
        """
        listed = FilteredRelation("listings", condition=Q(listings__area_list=area_list and area_list.pk))
        steps = [When(_listed_as(status, inherited), then=len(FLAGS) - step) for step, status in enumerate(FLAGS)]
        return self.annotate(listed=listed).annotate(severity=Case(*steps, default=0))

    def listed_as(self, status: Status, inherited: Mapping[int, ListingFacts] | None = None) -> Self:
        """Areas that the list gives the status; after `with_severity`, of the same list and areas."""
        return self.filter(_listed_as(status, inherited))

    def with_plan(self, bound: Collection[int] = (), *, on: datetime.date) -> Self:
        """Adds `has_plan`: a development plan binds the area on the day, as far as one is registered (R42).

        `bound` are areas that a plan of an area they came from binds.
        """
        plans = apps.get_model("areas.DevelopmentPlan").objects.filter(area=OuterRef("pk"))
        own = Exists(plans.filter(holds_on(on, start="starts_on", end="ends_on")))
        return self.annotate(has_plan=Case(When(own | Q(pk__in=bound), then=Value(value=True)), default=Value(value=False)))

    def on_latest_list(self, *, on: datetime.date) -> Self:
        """Areas that have at least one status on the latest list held and published on or before the day.

        An area that is named beside the list (it left, or its status is not known) is not on it.
        """
        latest = (
            self.model.objects.filter(listings__area_list__published_on__lte=on)
            .order_by("-listings__area_list__published_on")
            .values("listings__area_list")[:1]
        )
        # One filter, so one join: the flags are those of the latest list.
        return self.filter(has_status("listings__"), listings__area_list=Subquery(latest))


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Departments of housing organisations."""

    def visible_to(self, actor: Actor) -> Self:  # noqa: ARG002 - asked everywhere alike, although the answer is the same
        """All departments, to every signed-in person: master data of departments is public, and parties see each other's."""
        return self.all()

    def acted_for_by(self, actor: Actor) -> Self:
        """Departments of the housing organisation acted for, and of those that it administers; none of anybody else.

        By a mandate its own only: whose office it runs is not its to hand on.
        """
        organisation = actor.organisation
        if organisation is None or organisation.kind not in {OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION}:
            return self.none()
        if actor.mandate is not None:
            return self.filter(organisation=organisation)
        return self.filter(Q(organisation=organisation) | Q(organisation__administered_by=organisation))

    def concerning(self, actor: Actor) -> Self:
        """Departments that the actor asks about first: one's own, for a municipality those that lie in it, else all."""
        organisation = actor.organisation
        if organisation is not None and organisation.kind in {OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION}:
            return self.acted_for_by(actor)
        if organisation is not None and organisation.kind == OrganisationKind.MUNICIPALITY:
            return self.filter(municipality__organisation=organisation)
        return self.all()

    def matching(self, text: str) -> Self:
        """Departments whose name, address or organisation holds the text, or whose number or postcode is it."""
        wanted = sort_key(text)
        return self.filter(
            Q(sort_key__contains=wanted)
            | Q(organisation__sort_key__contains=wanted)
            | Q(addresses__icontains=text)
            | Q(number=text)
            | Q(postcode=text)
        )

    def matching_with_area(self, text: str, *, on: datetime.date) -> Self:
        """Departments that the text finds, and those in areas whose name holds it on the day."""
        places = apps.get_model("areas.AreaMembership").objects.filter(holds_on(on), area__sort_key__contains=sort_key(text))
        return self.matching(text) | self.filter(pk__in=places.values("department"))

    def with_area(self, on: datetime.date) -> Self:
        """Adds `area_key`, `area_name` and `area_sort_key` of the area it lies in on the day; empty when it lies in none."""
        lying = apps.get_model("areas.AreaMembership").objects.filter(holds_on(on), department=OuterRef("pk"))
        return self.annotate(
            **{f"area_{name}": Subquery(lying.values(f"area__{name}")[:1]) for name in ("key", "name", "sort_key")}
        )

    def with_residents(self, on: datetime.date | None = None) -> Self:
        """Adds `residents` and `residents_on`: the latest count, or the latest one up to the day; both empty without any."""
        counts = apps.get_model("areas.ResidentCount").objects.filter(department=OuterRef("pk")).order_by("-counted_on")
        if on is not None:
            counts = counts.filter(counted_on__lte=on)
        return self.annotate(
            residents=Subquery(counts.values("residents")[:1]), residents_on=Subquery(counts.values("counted_on")[:1])
        )

    def in_area(self, area: HousingArea, *, on: datetime.date) -> Self:
        """Departments that lie in the area on the day. No department stands twice: its periods do not overlap."""
        return self.filter(holds_on(on, "memberships__"), memberships__area=area)


class AreaMembershipQuerySet(models.QuerySet["AreaMembership"]):
    """Where departments lie, from-to."""

    def current(self, on: datetime.date) -> Self:
        """Memberships that hold on the day, both ends included."""
        return self.filter(holds_on(on))


class ConnectedDepartmentQuerySet(models.QuerySet["ConnectedDepartment"]):
    """Departments connected to areas, from-to (R52)."""

    def current(self, on: datetime.date) -> Self:
        """Connections that hold on the day, both ends included."""
        return self.filter(holds_on(on))


class DevelopmentPlanQuerySet(models.QuerySet["DevelopmentPlan"]):
    """Development plans."""

    def binding(self, on: datetime.date) -> Self:
        """Plans that bind on the day, whether or not the area is still on a list (§§ 168 a-168 b; R42)."""
        return self.filter(holds_on(on, start="starts_on", end="ends_on"))


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Imports of files."""

    def visible_to(self, actor: Actor) -> Self:
        """Every import to people of the fund, none to others: what was refused may be anybody's mistake."""
        return self.all() if may(actor, "import") else self.none()

    def left_waiting(self, *, before: datetime.datetime) -> Self:
        """Batches that a worker should have had by now: a broker was down, or a worker died."""
        return self.filter(state__in=IN_WORK, state_since__lt=before)
