"""Recommended cases with a director each, made inside the portal for the race on the frame."""

from __future__ import annotations

import datetime
import json
import sys
from decimal import Decimal

from django.utils import timezone

from accounts import transitions as accounts
from accounts.actors import SYSTEM, Actor
from accounts.models import User, actor_for
from accounts.roles import Role
from applications import transitions
from lbf_portal.demo.people import AARHUS, FUND, HOUSING, DemoOrganisation, ensure_organisation
from ledger import posting
from ledger.models import FrameYear
from tests.factories import applications as cases
from tests.factories.applications import MIO, CaseCast

PASSWORD = "fire gode nye ord"


def make(count: int, *, millions_each: int, millions_left: int) -> None:
    """Print, as JSON, a director's address and a case's number for each of `count`, and leave so much of the year's frame."""
    at = timezone.now()
    today = timezone.localdate(at)
    made = []
    for index in range(count):
        director = accounts.register_user(f"direktion{index}@lbf.example", f"Direktion {index}", is_invited=False, by=SYSTEM)
        accounts.set_password(director, PASSWORD)
        accounts.grant_membership(director, ensure_organisation(FUND), Role.DIRECTOR, valid_from=today, by=SYSTEM)
        case = cases.make_plan_submitted(_cast(today), title=f"Om kap {index}", total=2 * millions_each * MIO, at=at)
        transitions.recommend(
            case,
            frame_year=today.year,
            social_amount=millions_each * MIO,
            rent_amount=Decimal(0),
            reason="Planen er gennemarbejdet, og parterne bidrager.",
            by=_person("sagsbehandler@lbf.example", FUND, today),
            at=at,
        )
        made.append((director.email, case.case_number))
    _use_up(today, left=millions_left * MIO)
    json.dump(made, sys.stdout)


def _cast(today: datetime.date) -> CaseCast:
    """The demo's people play the parts."""
    return CaseCast(
        applicant=_person("tegningsberettiget@lbf.example", HOUSING, today),
        municipality=_person("kommune@lbf.example", AARHUS, today),
        case_officer=_person("sagsbehandler@lbf.example", FUND, today),
        director=_person("direktion@lbf.example", FUND, today),
        finance_officer=_person("oekonomi@lbf.example", FUND, today),
    )


def _person(email: str, organisation: DemoOrganisation, today: datetime.date) -> Actor:
    return actor_for(User.objects.get(email=email), ensure_organisation(organisation), on=today)


def _use_up(today: datetime.date, *, left: Decimal) -> None:
    """All but `left` is carried over to the year after: money committed to no case of ours would be a finding."""
    cast = _cast(today)
    posting.carry_over(
        today.year,
        FrameYear.objects.position(today.year).available - left,
        key="race:carried-before",
        on=today,
        by=cast.finance_officer,
        seconded_by=cast.director,
        reason="Alt andet er overført til året efter",
    )
