"""The published lists, what they say of areas, and what an area is on a day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from areas.models.areas import AreaChange, DevelopmentPlan, HousingArea
from areas.querysets import FLAGS, AreaListingQuerySet, AreaListQuerySet
from areas.rules.standing import ListFacts, ListingFacts, Standing, Status, standing


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
    # As the list spells it; the area bears the name of its latest list.
    name_on_list = models.CharField(_("navn på listen"), max_length=150, blank=True)
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


def lists_held() -> list[ListFacts]:
    """Every list held, with what is published and what is held of it, in one query."""
    return [held.facts() for held in AreaList.objects.held().with_held_counts()]


def listings_of(areas: Iterable[HousingArea]) -> dict[int, dict[int, ListingFacts]]:
    """What each list year says of each area, by primary key and year, in two queries.

    Where no list of a year names the area itself, what that list said of an area it came from counts, when the list is older than
    the change (R31 [INFERRED]: the history goes with the place).
    """
    keys = {area.pk for area in areas}
    changes = list(
        AreaChange.objects.filter(area__in=keys, predecessor__isnull=False).values_list("area", "predecessor", "changed_on")
    )
    found: dict[int, dict[int, ListingFacts]] = defaultdict(dict)
    published: dict[int, datetime.date] = {}
    named = keys | {predecessor for _area, predecessor, _day in changes}
    for listing in AreaListing.objects.filter(area__in=named).select_related("area_list"):
        found[listing.area_id][listing.area_list.year] = listing.facts()
        published[listing.area_list.year] = listing.area_list.published_on
    own = {key: dict(found[key]) for key in keys}
    for area, predecessor, day in changes:
        for year, facts in found[predecessor].items():
            if published[year] < day:
                own[area].setdefault(year, facts)
    return own


def standings(areas: Iterable[HousingArea], *, on: datetime.date) -> dict[int, Standing]:
    """Standing of each area on the day, by primary key, in four queries for any number of areas."""
    asked = list(areas)
    lists, listings = lists_held(), listings_of(asked)
    binding = DevelopmentPlan.objects.binding(on).filter(area__in=[area.pk for area in asked])
    plans = {plan.area_id: plan.facts() for plan in binding}
    return {area.pk: standing(lists, listings[area.pk], plans.get(area.pk), on=on) for area in asked}


def standing_of(area: HousingArea, *, on: datetime.date) -> Standing:
    """What the area is in the eyes of the law on the day, and why (areas/rules/standing.py)."""
    return standings([area], on=on)[area.pk]
