"""The published lists, what they say of areas, and what an area is on a day."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from urllib.parse import urlsplit

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from areas.models.areas import DevelopmentPlan, HousingArea
from areas.models.successions import Origin, Successions, successions
from areas.querysets import FLAGS, AreaListingQuerySet, AreaListQuerySet
from areas.rules.standing import ListFacts, ListingFacts, PlanFacts, Standing, Status, YearAnswers, standing, timeline


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

    Where no list of a year names the area itself, what that list said of the nearest area it came from counts, when the list is
    older than the change (R31 [INFERRED]: the history goes with the place). Where two such areas were told apart by the list,
    what it did not say of both is unknown.
    """
    return _listings_of((area.pk for area in areas), successions())


def inherited_on(area_list: AreaList, known: Successions) -> dict[int, ListingFacts]:
    """What the list says of the areas that it names only by an area they came from (R31), in two queries."""
    followers = {one.area_id for one in known.known}
    named = AreaListing.objects.filter(area_list=area_list, area__in=followers).values_list("area_id", flat=True)
    history = _listings_of(followers.difference(named), known)
    return {area: years[area_list.year] for area, years in history.items() if area_list.year in years}


def _listings_of(areas: Iterable[int], known: Successions) -> dict[int, dict[int, ListingFacts]]:
    origins = {area: list(known.origins_of(area)) for area in areas}
    said = _said_of({*origins, *(origin.area_id for found in origins.values() for origin in found)})
    return {area: _history(area, found, said) for area, found in origins.items()}


def _said_of(areas: Iterable[int]) -> dict[int, list[AreaListing]]:
    said: dict[int, list[AreaListing]] = defaultdict(list)
    for listing in AreaListing.objects.filter(area__in=areas).select_related("area_list", "area"):
        said[listing.area_id].append(listing)
    return said


def _history(area: int, origins: list[Origin], said: Mapping[int, list[AreaListing]]) -> dict[int, ListingFacts]:
    """By year: what the listings behind it agree on."""
    behind = _behind(area, origins, said)
    return {year: reduce(_agreed, [listing.facts() for listing in listings]) for year, listings in behind.items()}


def _behind(area: int, origins: list[Origin], said: Mapping[int, list[AreaListing]]) -> dict[int, list[AreaListing]]:
    """By year: the area's own listing, else those of the nearest origins."""
    found: dict[int, tuple[int, list[AreaListing]]] = {}
    for origin in (Origin(area, datetime.date.max, 0), *origins):
        for listing in said.get(origin.area_id, ()):
            if listing.area_list.published_on < origin.before:
                distance, listings = found.setdefault(listing.area_list.year, (origin.distance, []))
                if distance == origin.distance:
                    listings.append(listing)
    return {year: listings for year, (_distance, listings) in found.items()}


def _agreed(one: ListingFacts, other: ListingFacts) -> ListingFacts:
    disputed = one.disputed | {status for status, flag in one.flags.items() if flag != other.flags.get(status)}
    flags = {status: None if status in disputed else flag for status, flag in one.flags.items()}
    return ListingFacts(flags, one.official_term if one.official_term == other.official_term else "", disputed)


def standings(areas: Iterable[HousingArea], *, on: datetime.date) -> dict[int, Standing]:
    """Standing of each area on the day, by primary key, in four queries for any number of areas.

    An area that was merged away is what its successor is.
    """
    known = successions()
    stands = {area.pk: known.current_id(area.pk, on=on) for area in areas}
    lists, listings, plans = lists_held(), _listings_of(set(stands.values()), known), _plans_of(set(stands.values()), known, on)
    found = {area: standing(lists, listings[area], plans.get(area), on=on) for area in set(stands.values())}
    return {area: found[current] for area, current in stands.items()}


def _plans_of(areas: Iterable[int], known: Successions, on: datetime.date) -> dict[int, PlanFacts]:
    """The plan that binds each area: its own, else that of the nearest area it came from, begun before the change (R42).

    That a plan goes on binding what was merged or split off is [INFERRED]: R42 says that it stays.
    """
    binding = {plan.area_id: plan for plan in DevelopmentPlan.objects.binding(on)}
    plans = {}
    for area in areas:
        for origin in (Origin(area, datetime.date.max, 0), *known.origins_of(area)):
            plan = binding.get(origin.area_id)
            if plan and plan.starts_on < origin.before:
                plans[area] = plan.facts()
                break
    return plans


def bound_by_origin(known: Successions, *, on: datetime.date) -> set[int]:
    """Of the areas that came from others those that a plan binds, be it their own or that of an area they came from."""
    return set(_plans_of({one.area_id for one in known.known}, known, on))


def standing_of(area: HousingArea, *, on: datetime.date) -> Standing:
    """What the area is in the eyes of the law on the day, and why (areas/rules/standing.py)."""
    return standings([area], on=on)[area.pk]


@dataclasses.dataclass(frozen=True)
class AreaHistory:
    """All that the lists say of one area, read once: its standing on the day, and each list year with the listings behind it."""

    standing: Standing
    years: tuple[YearAnswers, ...]
    listings: Mapping[int, Sequence[AreaListing]]


def history_of(area: HousingArea, *, on: datetime.date) -> AreaHistory:
    """The standing of the area and its years, the newest first, in four queries.

    The years are the area's own and those of the areas it came from; of one that was merged away they end with the merger,
    while its standing is that of its successor.
    """
    known, lists = successions(), lists_held()
    current = known.current_id(area.pk, on=on)
    origins = {key: list(known.origins_of(key)) for key in (area.pk, current)}
    said = _said_of({*origins, *(origin.area_id for found in origins.values() for origin in found)})
    own, stands = (_history(key, origins[key], said) for key in (area.pk, current))
    plan = _plans_of([current], known, on).get(current)
    return AreaHistory(
        standing(lists, stands, plan, on=on), tuple(timeline(lists, own, on=on)), _behind(area.pk, origins[area.pk], said)
    )
