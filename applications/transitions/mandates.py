"""A mandate and the cases it covers."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Mandate, Organisation
from accounts.transitions import give_mandate
from applications.models import Application, MandatedCase
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def give(
    principal: Organisation, *, cases: Collection[Application], is_limited: bool, by: Actor, at: datetime.datetime, **terms: Any
) -> Mandate:
    """Give a mandate (`accounts.transitions.give_mandate`), limited to the cases where it is; each of these keeps an event.

    Errors: as there; RuleBroken when it is limited to no case, or to one in which the principal takes no part.
    """
    if is_limited and not cases:
        text = gettext_noop("Vælg mindst én sag, eller lad fuldmagten gælde alle sager.")
        raise RuleBroken([Violation("no_cases", text, "", field="cases")])
    covered = sorted(cases, key=lambda case: case.case_number) if is_limited else []
    with transaction.atomic():
        mandate = give_mandate(principal, case_count=len(covered) if is_limited else None, by=by, at=at, **terms)
        ours = {principal.pk, *principal.predecessor_ids}
        for application in covered:
            if not ours & application.party_ids:
                text = gettext_noop("Sag %(case)s er ikke jeres.")
                number = {"case": str(application.case_number)}
                raise RuleBroken([Violation("not_our_case", text, "", field="cases", params=number)])
            MandatedCase.objects.create(mandate=mandate, application=application)
            data = {"given": mandate.pk, "to": mandate.holder_id, "right": mandate.right}
            application.record("application:mandate_given", by=by, at=at, roles=by.roles, data=data)
    return mandate
