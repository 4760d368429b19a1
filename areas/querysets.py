"""Querysets of areas. Registers and lists are public facts: every signed-in person sees all of them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, FilteredRelation, OuterRef, Q, Subquery, When

from accounts.actors import Actor
from areas.rules.standing import Status
from lbf_portal.lib.danish import sort_key

if TYPE_CHECKING:
    from areas.models import AreaList, AreaListing, AreaMembership, ConnectedDepartment, Department, DevelopmentPlan, HousingArea

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

    def with_severity(self, area_list: AreaList | None) -> Self:
        """Adds `severity`: 4 for a conversion area on the list down to 1 for a prevention area, 0 for no known status.

        `listed` is the area's row on that list, for filters on its flags.
        """
        listed = FilteredRelation("listings", condition=Q(listings__area_list=area_list and area_list.pk))
        steps = [When(Q((f"listed__{flag}", True)), then=len(FLAGS) - step) for step, flag in enumerate(FLAGS.values())]
        return self.annotate(listed=listed).annotate(severity=Case(*steps, default=0))

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
