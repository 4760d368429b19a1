"""The registers: municipalities, housing areas, departments; the published lists; development plans."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Organisation
from areas.querysets import (
    FLAGS,
    AreaListingQuerySet,
    AreaListQuerySet,
    AreaMembershipQuerySet,
    DepartmentQuerySet,
    DevelopmentPlanQuerySet,
    HousingAreaQuerySet,
)
from areas.rules.section_61a import Answer, ListFacts, ListingFacts, PlanFacts, Standing, Status, standing
from lbf_portal.lib.danish import sort_key

__all__ = [
    "Answer",
    "AreaEvent",
    "AreaList",
    "AreaListing",
    "AreaMembership",
    "Department",
    "DevelopmentPlan",
    "Evidence",
    "HousingArea",
    "Municipality",
    "PlanApproval",
    "Standing",
    "Status",
    "lists_held",
    "standings",
]


def _never_twice_at_a_time(name: str, subject: str, start: str, end: str, message: Any) -> ExclusionConstraint:
    """Periods of one subject do not overlap. A range of one number stands in for equality, which would need btree_gist."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (Func(F(subject), F(subject), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            (Func(F(start), F(end), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
    )


class Municipality(models.Model):
    """One of the 98 municipalities; acts in the portal through its organisation."""

    code = models.CharField(_("kommunekode"), max_length=4, unique=True)
    name = models.CharField(_("navn"), max_length=100)
    sort_key = models.CharField(max_length=200, editable=False)
    region_code = models.CharField(_("regionskode"), max_length=4)
    region_name = models.CharField(_("region"), max_length=100)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="municipality")

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="municipality_code_has_four_digits", condition=Q(code__regex=r"^[0-9]{4}$")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class HousingArea(models.Model):
    """A housing area as the lists name it. `key` is the same in all files; its history stays with it."""

    key = models.CharField(_("nøgle"), max_length=80, unique=True)
    name = models.CharField(_("navn"), max_length=150)
    sort_key = models.CharField(max_length=300, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="areas", verbose_name=_("kommune"))

    objects = HousingAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("boligområde")
        verbose_name_plural = _("boligområder")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="housing_area_key_is_a_slug", condition=Q(key__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("areas:detail", args=[self.key])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    def standing(self, *, on: datetime.date) -> Standing:
        """What the area is in the eyes of the law on the day, and why (areas/rules/section_61a.py)."""
        return standings([self], on=on)[self.pk]


@pghistory.track(model_name="DepartmentVersion")
class Department(models.Model):
    """A department (afdeling): an estate with its own economy, owned by a housing organisation (R56)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="departments", verbose_name=_("boligorganisation")
    )
    number = models.CharField(_("afdelingsnummer"), max_length=10)
    name = models.CharField(_("navn"), max_length=150)
    sort_key = models.CharField(max_length=300, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="departments", verbose_name=_("kommune")
    )
    floor_area_m2 = models.DecimalField(_("areal i m²"), max_digits=10, decimal_places=2, null=True, blank=True)
    dwellings = models.PositiveIntegerField(_("boliger"), null=True, blank=True)
    residents = models.PositiveIntegerField(_("beboere"), null=True, blank=True)
    residents_on = models.DateField(_("beboere opgjort den"), null=True, blank=True)
    is_demo = models.BooleanField(_("opdigtet til demo"), default=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("afdeling")
        verbose_name_plural = _("afdelinger")
        ordering = ["organisation__sort_key", "number"]
        constraints = [
            models.UniqueConstraint(
                name="department_number_unique_in_organisation",
                fields=["organisation", "number"],
                violation_error_message=_("Boligorganisationen har allerede en afdeling med dette nummer."),
            ),
            models.CheckConstraint(
                name="department_floor_area_is_positive", condition=Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gt=0)
            ),
            models.CheckConstraint(
                name="department_residents_are_dated",
                condition=Q(residents__isnull=True, residents_on__isnull=True)
                | Q(residents__isnull=False, residents_on__isnull=False),
                violation_error_message=_("Skriv både antallet af beboere og datoen for opgørelsen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


@pghistory.track(model_name="AreaMembershipVersion")
class AreaMembership(models.Model):
    """A department lies in an area from a day to a day (both included); in one area at a time (R30-R31)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til"), null=True, blank=True)

    objects = AreaMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("afdeling i område")
        verbose_name_plural = _("afdelinger i områder")
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                name="area_membership_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            _never_twice_at_a_time(
                "area_membership_one_area_at_a_time",
                "department",
                "valid_from",
                "valid_to",
                _("Afdelingen ligger allerede i et område i denne periode."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}, {self.area}"


@pghistory.track(model_name="AreaListVersion")
class AreaList(models.Model):
    """A list that the minister published (§ 61 a, stk. 5; R33), with the published number of areas per status.

    The numbers say whether the portal holds the whole list: an area that an incomplete list does not name is unknown to
    it. An area with a higher status counts in the lower ones too.
    """

    year = models.PositiveSmallIntegerField(_("år"), unique=True)
    published_on = models.DateField(_("offentliggjort"), unique=True)
    exposed_count = models.PositiveSmallIntegerField(_("udsatte boligområder"), null=True, blank=True)
    parallel_society_count = models.PositiveSmallIntegerField(_("parallelsamfund"), null=True, blank=True)
    conversion_area_count = models.PositiveSmallIntegerField(_("omdannelsesområder"), null=True, blank=True)
    prevention_area_count = models.PositiveSmallIntegerField(_("forebyggelsesområder"), null=True, blank=True)
    count_sources = models.TextField(_("kilder til antallene"), blank=True)

    objects = AreaListQuerySet.as_manager()

    class Meta:
        verbose_name = _("liste")
        verbose_name_plural = _("lister")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="area_list_published_in_its_year", condition=Q(year=F("published_on__year"))),
            models.CheckConstraint(
                name="area_list_counts_have_a_source",
                condition=~Q(count_sources="")
                | Q(
                    exposed_count__isnull=True,
                    parallel_society_count__isnull=True,
                    conversion_area_count__isnull=True,
                    prevention_area_count__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def published(self) -> dict[Status, int | None]:
        """The published numbers by status."""
        return {
            Status.CONVERSION_AREA: self.conversion_area_count,
            Status.PARALLEL_SOCIETY: self.parallel_society_count,
            Status.EXPOSED: self.exposed_count,
            Status.PREVENTION_AREA: self.prevention_area_count,
        }

    def facts(self) -> ListFacts:
        """What the rules need of the list; read `with_held_counts()`."""
        held = {status: int(getattr(self, f"held_{flag}")) for status, flag in FLAGS.items()}
        return ListFacts(self.year, self.published_on, self.published, held)


class Evidence(models.TextChoices):
    """How sure the listing is."""

    NAMED = "named", _("Nævnt i en kilde")
    DERIVED = "derived", _("Følger af kilder")
    UNCONFIRMED = "unconfirmed", _("Ikke bekræftet")


@pghistory.track(model_name="AreaListingVersion")
class AreaListing(models.Model):
    """What a list says of an area. Each status is a flag of its own, and empty means not known (domain.md, 3.1).

    An area that a source says is not on the list has a row too, with its flags false.
    """

    area_list = models.ForeignKey(AreaList, on_delete=models.PROTECT, related_name="listings", verbose_name=_("liste"))
    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="listings", verbose_name=_("boligområde"))
    is_exposed = models.BooleanField(_("udsat boligområde"), null=True)
    is_parallel_society = models.BooleanField(_("parallelsamfund"), null=True)
    is_conversion_area = models.BooleanField(_("omdannelsesområde"), null=True)
    is_prevention_area = models.BooleanField(_("forebyggelsesområde"), null=True)
    official_term = models.CharField(_("datidens betegnelse"), max_length=50, blank=True)
    evidence = models.CharField(_("belæg"), max_length=20, choices=Evidence)
    sources = models.TextField(_("kilder"))
    note = models.TextField(_("bemærkning"), blank=True)

    objects = AreaListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("område på liste")
        verbose_name_plural = _("områder på lister")
        ordering = ["-area_list__year", "area__sort_key"]
        constraints = [
            models.UniqueConstraint(name="area_listing_once_per_list", fields=["area_list", "area"]),
            models.CheckConstraint(name="area_listing_evidence_is_known", condition=Q(evidence__in=Evidence.values)),
            models.CheckConstraint(name="area_listing_has_a_source", condition=~Q(sources="")),
            models.CheckConstraint(
                name="area_listing_says_something",
                condition=Q(*((f"{flag}__isnull", False) for flag in FLAGS.values()), _connector=Q.OR),
            ),
            # Every conversion area is a parallel society, and every parallel society an exposed area (R26-R28).
            models.CheckConstraint(
                name="area_listing_conversion_area_is_parallel_society",
                condition=~Q(is_conversion_area=True, is_parallel_society=False),
            ),
            models.CheckConstraint(
                name="area_listing_parallel_society_is_exposed",
                condition=~Q(is_parallel_society=True, is_exposed=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.area_list}"

    @property
    def source_links(self) -> list[tuple[str, str]]:
        """Pairs of the host's name and the address of each source on the web."""
        addresses = [address for address in self.sources.split() if address.startswith(("https://", "http://"))]
        return [(urlsplit(address).hostname or address, address) for address in addresses]

    def facts(self) -> ListingFacts:
        """What the rules need of the listing."""
        return ListingFacts({status: getattr(self, flag) for status, flag in FLAGS.items()}, self.official_term)


class PlanApproval(models.TextChoices):
    """How a development plan came to stand."""

    APPROVED = "APPROVED", _("Godkendt af ministeren")  # R38
    EXEMPTED = "EXEMPTED", _("Godkendt med fritagelse")  # R39-R40
    ORDERED = "ORDERED", _("Pålagt efter kommunens plan")  # R41


@pghistory.track(model_name="DevelopmentPlanVersion")
class DevelopmentPlan(models.Model):
    """A development plan (§§ 168 a-168 b; R34-R44). It binds the area whether or not the area is still on a list (R42)."""

    area = models.ForeignKey(
        HousingArea, on_delete=models.PROTECT, related_name="development_plans", verbose_name=_("boligområde")
    )
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til"), null=True, blank=True)
    approval = models.CharField(_("status"), max_length=20, choices=PlanApproval)
    source = models.TextField(_("kilde"))

    objects = DevelopmentPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("udviklingsplan")
        verbose_name_plural = _("udviklingsplaner")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(name="development_plan_approval_is_known", condition=Q(approval__in=PlanApproval.values)),
            models.CheckConstraint(name="development_plan_has_a_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="development_plan_ends_after_it_starts", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            _never_twice_at_a_time(
                "development_plan_one_at_a_time",
                "area",
                "starts_on",
                "ends_on",
                _("Området har allerede en udviklingsplan i denne periode."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.starts_on}"

    def facts(self) -> PlanFacts:
        """What the rules need of the plan."""
        return PlanFacts(self.starts_on)


class AreaEvent(AuditEvent):
    """What was imported, registered and placed, by whom. Append-only."""

    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, null=True, related_name="events")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="events")

    class Meta:
        verbose_name = _("registerhændelse")
        verbose_name_plural = _("registerhændelser")
        ordering = ["id"]


def lists_held() -> list[ListFacts]:
    """Every list held, with what is published and what is held of it, in one query."""
    return [held.facts() for held in AreaList.objects.held().with_held_counts()]


def standings(areas: Iterable[HousingArea], *, on: datetime.date) -> dict[int, Standing]:
    """Standing of each area on the day, by primary key, in three queries for any number of areas."""
    keys = [area.pk for area in areas]
    lists = lists_held()
    listings: dict[int, dict[int, ListingFacts]] = {key: {} for key in keys}
    for listing in AreaListing.objects.filter(area__in=keys).select_related("area_list"):
        listings[listing.area_id][listing.area_list.year] = listing.facts()
    plans = {plan.area_id: plan.facts() for plan in DevelopmentPlan.objects.binding(on).filter(area__in=keys)}
    return {key: standing(lists, listings[key], plans.get(key), on=on) for key in keys}
