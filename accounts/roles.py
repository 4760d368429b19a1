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
    """What a person may do. Held through a membership, except the last four."""

    APPLICANT = "APPLICANT", _("Ansøger")
    HOUSING_SIGNATORY = "HOUSING_SIGNATORY", _("Tegningsberettiget for boligorganisation")
    ADVISER = "ADVISER", _("Rådgiver")
    AUDITOR = "AUDITOR", _("Revisor")
    MUNICIPAL_OFFICER = "MUNICIPAL_OFFICER", _("Kommunal medarbejder")
    MUNICIPAL_SIGNATORY = "MUNICIPAL_SIGNATORY", _("Tegningsberettiget for kommune")
    CASE_OFFICER = "CASE_OFFICER", _("Sagsbehandler")
    FINANCE_OFFICER = "FINANCE_OFFICER", _("Økonomimedarbejder")
    DIRECTOR = "DIRECTOR", _("Direktion")
    # Looks after who may act for the organisation; gives no right in any case.
    ORG_ADMINISTRATOR = "ORG_ADMINISTRATOR", _("Brugeradministrator")
    # Whoever was let into a case, or given a mandate, to read and no more; nobody holds it in an organisation.
    READER = "READER", _("Læser")
    # Seats belong to one effort and have a from and a to; nobody holds them in an organisation.
    BOARD_MEMBER = "BOARD_MEMBER", _("Medlem af lokal bestyrelse")
    SECRETARIAT = "SECRETARIAT", _("Sekretariat")
    # The portal itself, when the calendar moves a case.
    SYSTEM = "SYSTEM", _("Portalen")


class Right(models.TextChoices):
    """How far somebody from another organisation is let in: by a mandate, or into one case. Each includes those before it."""

    READ = "READ", _("Læse")
    EDIT = "EDIT", _("Læse og skrive")
    SUBMIT = "SUBMIT", _("Læse, skrive og indsende")


# The role in a case that a right gives: an adviser writes and does not submit (domain.md, section 8). Nobody is given the
# right to sign: who binds an organisation is in its own hands.
ROLE_OF_RIGHT: dict[Right, Role] = {Right.READ: Role.READER, Right.EDIT: Role.ADVISER, Right.SUBMIT: Role.APPLICANT}

_ADMINISTERED = frozenset({Role.ORG_ADMINISTRATOR})
ROLES_OF_KIND: dict[OrganisationKind, frozenset[Role]] = {
    # The fund's rights are its management's to give.
    OrganisationKind.FUND: frozenset({Role.CASE_OFFICER, Role.FINANCE_OFFICER, Role.DIRECTOR}),
    OrganisationKind.HOUSING: _ADMINISTERED | {Role.APPLICANT, Role.HOUSING_SIGNATORY},
    OrganisationKind.ADMINISTRATION: _ADMINISTERED | {Role.APPLICANT, Role.HOUSING_SIGNATORY},
    OrganisationKind.MUNICIPALITY: _ADMINISTERED | {Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY},
    OrganisationKind.ADVISER: _ADMINISTERED | {Role.ADVISER},
    OrganisationKind.AUDITOR: _ADMINISTERED | {Role.AUDITOR},
}

FUND_ROLES = ROLES_OF_KIND[OrganisationKind.FUND]
# Roles in a case on the side of its housing organisations: their own people, and whoever they let in.
HOUSING_ROLES = frozenset({Role.APPLICANT, Role.HOUSING_SIGNATORY, Role.ADVISER, Role.READER})
MUNICIPAL_ROLES = frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY})
PARTY_ROLES = HOUSING_ROLES | MUNICIPAL_ROLES
BOARD_ROLES = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT})
EVERYBODY = frozenset(Role) - {Role.SYSTEM}
