"""The roles of the portal and the kinds of organisation that hold them (domain.md, section 8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """Who takes part."""

    FUND = "FUND", _("Landsbyggefonden")
    HOUSING = "HOUSING", _("Boligorganisation")
    ADMINISTRATION = "ADMINISTRATION", _("Administrationsorganisation")
    MUNICIPALITY = "MUNICIPALITY", _("Kommune")
    ADVISER = "ADVISER", _("Rådgiver")
    AUDITOR = "AUDITOR", _("Revision")


class Role(models.TextChoices):
    """What a person may do. Held through a membership, except the last three."""

    APPLICANT = "APPLICANT", _("Ansøger")
    HOUSING_SIGNATORY = "HOUSING_SIGNATORY", _("Tegningsberettiget for boligorganisation")
    ADVISER = "ADVISER", _("Rådgiver")
    AUDITOR = "AUDITOR", _("Revisor")
    MUNICIPAL_OFFICER = "MUNICIPAL_OFFICER", _("Kommunal medarbejder")
    MUNICIPAL_SIGNATORY = "MUNICIPAL_SIGNATORY", _("Tegningsberettiget for kommune")
    CASE_OFFICER = "CASE_OFFICER", _("Sagsbehandler")
    FINANCE_OFFICER = "FINANCE_OFFICER", _("Økonomimedarbejder")
    DIRECTOR = "DIRECTOR", _("Direktion")
    # Seats belong to one effort and have a from and a to; nobody holds them in an organisation.
    BOARD_MEMBER = "BOARD_MEMBER", _("Medlem af lokal bestyrelse")
    SECRETARIAT = "SECRETARIAT", _("Sekretariat")
    # The portal itself, when the calendar moves a case.
    SYSTEM = "SYSTEM", _("Portalen")


ROLES_OF_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.FUND: frozenset({Role.CASE_OFFICER, Role.FINANCE_OFFICER, Role.DIRECTOR}),
    OrganisationKind.HOUSING: frozenset({Role.APPLICANT, Role.HOUSING_SIGNATORY}),
    OrganisationKind.ADMINISTRATION: frozenset({Role.APPLICANT, Role.HOUSING_SIGNATORY}),
    OrganisationKind.MUNICIPALITY: frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY}),
    OrganisationKind.ADVISER: frozenset({Role.ADVISER}),
    OrganisationKind.AUDITOR: frozenset({Role.AUDITOR}),
}

FUND_ROLES = ROLES_OF_KIND[OrganisationKind.FUND]
PARTY_ROLES = ROLES_OF_KIND[OrganisationKind.HOUSING] | ROLES_OF_KIND[OrganisationKind.MUNICIPALITY]
BOARD_ROLES = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT})
EVERYBODY = frozenset(Role) - {Role.SYSTEM}
