"""The people of the demo: one per role, named by the role, so that one visitor can play all parts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts import transitions
from accounts.actors import SYSTEM
from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role

# The demo's cases begin with the grant period (domain.md 2.1: 2019-2026), so its people must have been there.
MEMBERS_SINCE = datetime.date(2019, 1, 1)


@dataclass(frozen=True)
class DemoOrganisation:
    """A party of the demo. The real ones are loaded from the public lists and found here by name or code."""

    kind: OrganisationKind
    name: str
    municipality_code: str = ""
    is_invented: bool = False


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as."""

    email: str
    name: str
    label: StrOrPromise
    # Where the person holds which roles. Empty for board members: a seat belongs to an effort, not to an organisation.
    roles: tuple[tuple[DemoOrganisation, tuple[Role, ...]], ...] = ()

    @property
    def organisations(self) -> str:
        """The organisations' names, for the button."""
        return ", ".join(organisation.name for organisation, _roles in self.roles)


FUND = DemoOrganisation(OrganisationKind.FUND, "Landsbyggefonden")
AARHUS = DemoOrganisation(OrganisationKind.MUNICIPALITY, "Aarhus Kommune", municipality_code="0751")
HOUSING = DemoOrganisation(OrganisationKind.HOUSING, "Brabrand Boligforening", municipality_code="0751")
SECOND_HOUSING = DemoOrganisation(OrganisationKind.HOUSING, "Østjysk Bolig", municipality_code="0751")
ADVISER = DemoOrganisation(OrganisationKind.ADVISER, "Rådgiverne Demo", is_invented=True)
AUDITOR = DemoOrganisation(OrganisationKind.AUDITOR, "Revisionen Demo", is_invented=True)

_HOUSING_ROLES = (Role.APPLICANT, Role.HOUSING_SIGNATORY)

PEOPLE = (
    DemoPerson("ansoeger@lbf.example", "Ansøger Demo", _("Ansøger"), ((HOUSING, (Role.APPLICANT,)),)),
    DemoPerson(
        "tegningsberettiget@lbf.example",
        "Tegningsberettiget Demo",
        _("Tegningsberettiget for boligorganisation"),
        ((HOUSING, _HOUSING_ROLES),),
    ),
    DemoPerson(
        "administrator@lbf.example",
        "Brugeradministrator Demo",
        _("Brugeradministrator for boligorganisation"),
        ((HOUSING, (Role.ORG_ADMINISTRATOR,)),),
    ),
    DemoPerson(
        "naboforening@lbf.example",
        "Naboforening Demo",
        _("Ansøger i en anden boligorganisation"),
        ((SECOND_HOUSING, _HOUSING_ROLES),),
    ),
    DemoPerson(
        "to-organisationer@lbf.example",
        "To Organisationer Demo",
        _("Ansøger i to boligorganisationer"),
        ((HOUSING, _HOUSING_ROLES), (SECOND_HOUSING, _HOUSING_ROLES)),
    ),
    DemoPerson("raadgiver@lbf.example", "Rådgiver Demo", _("Rådgiver"), ((ADVISER, (Role.ADVISER,)),)),
    DemoPerson(
        "kommune@lbf.example",
        "Kommune Demo",
        _("Kommune"),
        ((AARHUS, (Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY)),),
    ),
    DemoPerson("sagsbehandler@lbf.example", "Sagsbehandler Demo", _("Sagsbehandler"), ((FUND, (Role.CASE_OFFICER,)),)),
    DemoPerson("direktion@lbf.example", "Direktion Demo", _("Direktion"), ((FUND, (Role.DIRECTOR,)),)),
    DemoPerson("oekonomi@lbf.example", "Økonomi Demo", _("Økonomi"), ((FUND, (Role.FINANCE_OFFICER,)),)),
    DemoPerson("revisor@lbf.example", "Revisor Demo", _("Revisor"), ((AUDITOR, (Role.AUDITOR,)),)),
    DemoPerson("bestyrelse@lbf.example", "Bestyrelsesmedlem Demo", _("Medlem af lokal bestyrelse")),
)


def person_of(email: str) -> DemoPerson | None:
    """The demo's person with this address."""
    return next((person for person in PEOPLE if person.email == email), None)


def ensure_people(today: datetime.date) -> dict[str, User]:
    """Make whoever of the demo's people, organisations and rights is missing; everybody by e-mail address.

    Can be called again and again. Real organisations are those of the reference data where they are loaded. Nobody has
    a password: the demo's own page signs in. Memberships begin in 2019 and hold on `today`.
    """
    return {person.email: _ensure(person, today) for person in PEOPLE}


def ensure_organisation(wanted: DemoOrganisation) -> Organisation:
    """The organisation, made when it is missing. Municipalities are known by their code, the fund by being the only one."""
    found = Organisation.objects.filter(kind=wanted.kind)
    if wanted.kind == OrganisationKind.MUNICIPALITY:
        found = found.filter(municipality_code=wanted.municipality_code)
    elif wanted.kind != OrganisationKind.FUND:
        found = found.filter(name=wanted.name)
    return found.first() or transitions.register_organisation(
        wanted.kind, wanted.name, municipality_code=wanted.municipality_code, is_demo=wanted.is_invented, by=SYSTEM
    )


def _ensure(person: DemoPerson, today: datetime.date) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = transitions.register_user(person.email, person.name, is_invited=False, by=SYSTEM)
    for wanted, roles in person.roles:
        organisation = ensure_organisation(wanted)
        held = set(Membership.objects.current(today).filter(user=user, organisation=organisation).values_list("role", flat=True))
        for role in roles:
            if role not in held:
                had_it = Membership.objects.filter(user=user, organisation=organisation, role=role).exists()
                since = today if had_it else min(MEMBERS_SINCE, today)
                transitions.grant_membership(user, organisation, role, valid_from=since, by=SYSTEM)
    return user
