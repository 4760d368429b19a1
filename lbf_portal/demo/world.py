"""Where the demo's cases happen: departments in the real areas of the lists, and who acts for whom.

Areas, municipalities and housing organisations are the public ones. What no public source gives is invented here and marked:
departments, and a housing organisation where none of the municipality is known.
"""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.text import slugify

from accounts import transitions as accounts
from accounts.actors import SYSTEM, Actor
from accounts.models import Membership, Organisation, User, actor_for
from accounts.roles import OrganisationKind, Role
from areas import transitions as areas
from areas.models import Answer, AreaList, Department, HousingArea, Municipality, standings
from lbf_portal.demo import people, values

PLACED_SINCE = datetime.date(2010, 1, 1)
MOST_SITES_IN_AN_AREA = 2
CONNECTED_SINCE = datetime.date(2019, 1, 1)
# The first 1 January that residents are counted on, when the frames of today's § 91 a begin.
FIRST_COUNT = 2019
FIRST_NUMBER = 11
NO_POSTCODE = "0000"
# Below this many residents a register hides everything (C21, R135); a few departments are that small.
LEAST_RESIDENTS = 100
_ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
LONGEST_NAME_IN_AN_ADDRESS = 50


@dataclass(frozen=True)
class Site:
    """One housing organisation's estates in one area: where an effort can be."""

    area: HousingArea
    organisation: Organisation
    # Days on which a list was published, and whether the area was of § 61 a by it; the latest first.
    priorities: tuple[tuple[datetime.date, bool], ...]

    def has_priority(self, on: datetime.date) -> bool:
        """Whether the list in force on the day gives the area priority (R53), as far as the portal knows."""
        return next((has_priority for published_on, has_priority in self.priorities if published_on <= on), False)

    @property
    def municipality(self) -> Municipality:
        return self.area.municipality


@dataclass
class World:
    """Sites, their departments, and the actors; people and departments are made when a case first needs them."""

    today: datetime.date
    sites: list[Site]
    _actors: dict[tuple[int, Role], Actor] = field(default_factory=dict)
    _departments: dict[Site, list[Department]] = field(default_factory=dict)
    _numbers: dict[Organisation, Iterator[int]] = field(default_factory=dict)

    def site(self, area_key: str, organisation_name: str) -> Site:
        """The organisation's site in the area.

        Errors: StopIteration when there is none.
        """
        wanted = (area_key, organisation_name)
        return next(site for site in self.sites if (site.area.key, site.organisation.name) == wanted)

    def neighbour(self, site: Site) -> Site | None:
        """The other organisation in the same area, if there is one."""
        return next((other for other in self.sites if other.area == site.area and other != site), None)

    # Who acts

    @cached_property
    def fund(self) -> Organisation:
        return people.ensure_organisation(people.FUND)

    @cached_property
    def case_officers(self) -> list[Actor]:
        """The demo's own case officer, and colleagues, so that cases have different people."""
        own = self._demo_person("sagsbehandler@lbf.example", self.fund)
        colleagues = [
            self._person(f"sagsbehandler-{number}@lbf.example", f"Sagsbehandler {number} Demo", self.fund, Role.CASE_OFFICER)
            for number in (2, 3)
        ]
        return [own, *colleagues]

    @cached_property
    def director(self) -> Actor:
        return self._demo_person("direktion@lbf.example", self.fund)

    @cached_property
    def finance_officer(self) -> Actor:
        return self._demo_person("oekonomi@lbf.example", self.fund)

    def applicant(self, organisation: Organisation) -> Actor:
        """Who applies for the housing organisation."""
        return self._acting(organisation, Role.APPLICANT)

    def signatory(self, organisation: Organisation) -> Actor:
        """Who signs for a housing organisation or a municipality."""
        is_municipality = organisation.kind == OrganisationKind.MUNICIPALITY
        if is_municipality:
            self._acting(organisation, Role.MUNICIPAL_OFFICER)
        return self._acting(organisation, Role.MUNICIPAL_SIGNATORY if is_municipality else Role.HOUSING_SIGNATORY)

    def _acting(self, organisation: Organisation, role: Role) -> Actor:
        key = (organisation.pk, role)
        if key not in self._actors:
            self._actors[key] = self._played_by_visitor(organisation, role) or self._named_by_role(organisation, role)
        return self._actors[key]

    def _played_by_visitor(self, organisation: Organisation, role: Role) -> Actor | None:
        """Whom a visitor of the demo can be: their cases' history is their own."""
        emails = {
            (people.HOUSING, Role.APPLICANT): "ansoeger@lbf.example",
            (people.HOUSING, Role.HOUSING_SIGNATORY): "tegningsberettiget@lbf.example",
            (people.SECOND_HOUSING, Role.APPLICANT): "naboforening@lbf.example",
            (people.SECOND_HOUSING, Role.HOUSING_SIGNATORY): "naboforening@lbf.example",
            (people.AARHUS, Role.MUNICIPAL_OFFICER): "kommune@lbf.example",
            (people.AARHUS, Role.MUNICIPAL_SIGNATORY): "kommune@lbf.example",
        }
        for (known, held), email in emails.items():
            if held == role and _is(organisation, known):
                return self._demo_person(email, organisation)
        return None

    def _named_by_role(self, organisation: Organisation, role: Role) -> Actor:
        title = {
            Role.APPLICANT: "Ansøger",
            Role.HOUSING_SIGNATORY: "Tegningsberettiget",
            Role.MUNICIPAL_OFFICER: "Sagsbehandler",
            Role.MUNICIPAL_SIGNATORY: "Kommunaldirektør",
        }[role]
        address = f"{ascii_slug(title)}.{ascii_slug(organisation.name)[:LONGEST_NAME_IN_AN_ADDRESS]}@lbf.example"
        return self._person(address, f"{title}, {organisation}", organisation, role)

    def _demo_person(self, email: str, organisation: Organisation) -> Actor:
        return actor_for(User.objects.get(email=email), organisation, on=self.today)

    def _person(self, email: str, name: str, organisation: Organisation, role: Role) -> Actor:
        user = User.objects.filter(email=email).first()
        if user is None:
            user = accounts.register_user(email, name, is_invited=False, by=SYSTEM)
        if not Membership.objects.current(self.today).filter(user=user, organisation=organisation, role=role).exists():
            accounts.grant_membership(user, organisation, role, valid_from=people.MEMBERS_SINCE, by=SYSTEM)
        return actor_for(user, organisation, on=self.today)

    # What there is

    def departments(self, site: Site, count: int) -> list[Department]:
        """So many of the site's departments, registered when they are first asked for; an estate has six at most."""
        held = self._departments.setdefault(site, [])
        names = list(values.DEPARTMENT_NAMES)
        values.dice("departments", site.area.key, site.organisation.name).shuffle(names)
        for name in names[len(held) : count]:
            held.append(self._register(site, f"{site.area.name} {name}", placed=True))
        return held[:count]

    def connected_department(self, site: Site, reason: str) -> Department:
        """A department across the road, outside the area, and why it is connected to it (R52)."""
        department = self._register(site, f"Ved {site.area.name}", placed=False)
        areas.connect_department(department, site.area, valid_from=CONNECTED_SINCE, reason=reason, by=SYSTEM)
        return department

    def _register(self, site: Site, name: str, *, placed: bool) -> Department:
        organisation = site.organisation
        if organisation not in self._numbers:
            held = Department.objects.filter(organisation=organisation).count()
            self._numbers[organisation] = itertools.count(FIRST_NUMBER + held)
        number = str(next(self._numbers[organisation]))
        luck = values.dice("department", organisation.name, number)
        dwellings = luck.randint(45, 150) if values.happens(0.95, luck) else luck.randint(18, 30)
        family, youth, elderly = values.dwellings_by_kind(dwellings, values.dice("dwellings", organisation.name, number))
        department = areas.register_department(
            organisation,
            number=number,
            name=name,
            municipality=site.municipality,
            floor_area_m2=Decimal(dwellings * luck.randint(74, 88)),
            dwellings=dwellings,
            residents=values.residents_by_year(
                int(dwellings * luck.uniform(2.1, 2.9)),
                range(FIRST_COUNT, self.today.year + 1),
                values.dice("residents", organisation.name, number),
            ),
            # Nobody lives there: the street and the postcode do not exist.
            addresses=f"Demovej {FIRST_NUMBER}-{FIRST_NUMBER + 2 * dwellings}",
            postcode=NO_POSTCODE,
            family_dwellings=family,
            youth_dwellings=youth,
            elderly_dwellings=elderly,
            is_demo=True,
            by=SYSTEM,
        )
        if placed:
            areas.place_department(department, site.area, valid_from=PLACED_SINCE, by=SYSTEM)
        return department


def build(today: datetime.date) -> World:
    """Every area of the lists held, each with one or two housing organisations of its municipality."""
    found = list(HousingArea.objects.select_related("municipality__organisation").order_by("key"))
    published = [area_list.published_on for area_list in AreaList.objects.published_by(today).held().order_by("-published_on")]
    standing = {day: standings(found, on=day) for day in published}
    by_municipality: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in Organisation.objects.filter(kind=OrganisationKind.HOUSING).order_by("sort_key"):
        by_municipality[organisation.municipality_code].append(organisation)
    turns: dict[str, int] = defaultdict(int)
    sites = []
    for area in found:
        code = area.municipality.code
        if not by_municipality[code]:
            by_municipality[code].append(_invented_organisation(area.municipality))
        chosen = _known_owners(area, by_municipality[code]) or _next_of(by_municipality[code], turns[code])
        turns[code] += len(chosen)
        priorities = tuple((day, standing[day][area.pk].has_priority is Answer.YES) for day in published)
        sites += [Site(area, organisation, priorities) for organisation in chosen]
    return World(today, sites)


# The visitors' own areas: whoever plays Brabrand Boligforening finds the estates that it really has.
OWNERS = {
    "gellerupparken-toveshoej": (people.HOUSING.name,),
    "skovgaardsparken": (people.HOUSING.name,),
    "trigeparken": (people.HOUSING.name, people.SECOND_HOUSING.name),
    "bispehaven": (people.SECOND_HOUSING.name, "ALBOA"),
}


def _known_owners(area: HousingArea, organisations: Sequence[Organisation]) -> list[Organisation]:
    by_name = {organisation.name: organisation for organisation in organisations}
    return [by_name[name] for name in OWNERS.get(area.key, ()) if name in by_name]


def _next_of(organisations: Sequence[Organisation], turn: int) -> list[Organisation]:
    """The next in turn, so that every organisation of the municipality has something."""
    count = min(MOST_SITES_IN_AN_AREA, len(organisations))
    return [organisations[(turn + step) % len(organisations)] for step in range(count)]


def _invented_organisation(municipality: Municipality) -> Organisation:
    name = f"{municipality.name} Boligforening (demo)"
    found = Organisation.objects.filter(kind=OrganisationKind.HOUSING, name=name).first()
    return found or accounts.register_organisation(
        OrganisationKind.HOUSING, name, municipality_code=municipality.code, is_demo=True, by=SYSTEM
    )


def _is(organisation: Organisation, known: people.DemoOrganisation) -> bool:
    if organisation.kind != known.kind:
        return False
    if known.municipality_code and known.kind == OrganisationKind.MUNICIPALITY:
        return organisation.municipality_code == known.municipality_code
    return organisation.name == known.name


def ascii_slug(text: str) -> str:
    """A name as it can stand in an address: `Brønshøj Å` becomes `broenshoej-aa`."""
    return slugify(text.lower().translate(_ASCII))
