"""Postings with defaults, so that a test names only what it is about.

By hand there are always two persons: the finance officer whose posting it is, and the director who approves it.
"""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from typing import Any

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation, User
from accounts.roles import OrganisationKind, Role
from ledger import posting
from ledger.kinds import Money, ReleaseCause, Reuse
from ledger.models import Entry, FrameYear, GrantPeriod, ReleaseRule, Reservation
from tests.factories.accounts import OrganisationFactory, UserFactory

MILLION = Decimal(1_000_000)
BASIS = "Almenboligloven § 91 a, stk. 1"
DECISION = "Økonomis beslutning af 15. januar"
_count = itertools.count(1)


def finance() -> Actor:
    """Whose posting it is."""
    return _of_the_fund("haand@example.org", Role.FINANCE_OFFICER)


def second() -> Actor:
    """Who approves it."""
    return _of_the_fund("to.oejne@example.org", Role.DIRECTOR)


def _of_the_fund(email: str, role: Role) -> Actor:
    fund = Organisation.objects.filter(kind=OrganisationKind.FUND).first() or OrganisationFactory.create(fund=True)
    user = User.objects.filter(email=email).first() or UserFactory.create(email=email)
    return Actor(user, fund, frozenset({role}))


def _defaults(year: int, **given: Any) -> dict[str, Any]:
    return {
        "key": f"test:{next(_count)}",
        "on": datetime.date(year, 11, 22),
        "by": SYSTEM,
        "reason": "Bestyrelsens beslutning",
        **given,
    }


def _by_hand(year: int, **given: Any) -> dict[str, Any]:
    persons = {
        "by": given.get("by") or finance(),
        "seconded_by": given["seconded_by"] if "seconded_by" in given else second(),
    }
    return _defaults(year, **{**given, **persons})


def commit(amount: Decimal | int, year: int = 2026, **given: Any) -> Entry:
    facts = {"case_reference": "100001", "money": Money.SOCIAL, "legal_basis": BASIS, **given}
    return posting.commit(year, amount=Decimal(amount), **_defaults(year, **facts))


def release(amount: Decimal | int, year: int = 2026, **given: Any) -> Entry:
    facts = {
        "case_reference": "100001",
        "money": Money.SOCIAL,
        "cause": ReleaseCause.UNUSED,
        "legal_basis": BASIS,
        **given,
    }
    return posting.release(year, amount=Decimal(amount), **_defaults(year, **facts))


def release_by_carry_over(amount: Decimal | int, year: int = 2025, **given: Any) -> list[Entry]:
    facts = {
        "case_reference": "100001",
        "money": Money.SOCIAL,
        "cause": ReleaseCause.UNUSED,
        "legal_basis": BASIS,
        "decision": DECISION,
        **given,
    }
    return posting.release_by_carry_over(year, amount=Decimal(amount), **_by_hand(year, **facts))


def reverse(entry: Entry, **given: Any) -> Entry:
    facts = {"legal_basis": BASIS, **given}
    return posting.reverse(entry, **_by_hand(entry.frame_year.year, **facts))


def carry_over(amount: Decimal | int, from_year: int = 2026, **given: Any) -> tuple[Entry, Entry]:
    return posting.carry_over(from_year, Decimal(amount), **_by_hand(from_year, **given))


def regulate(total: Decimal | int, rent: Decimal | int, year: int = 2026, **given: Any) -> FrameYear:
    facts = _by_hand(year, **{"document": "Brev af 2. januar 2026", **given})
    return posting.regulate(year, total=Decimal(total), rent=Decimal(rent), **facts)


def close(year: int, **given: Any) -> FrameYear:
    return posting.close_year(year, **_by_hand(year, **{"on": datetime.date(year + 1, 2, 1), **given}))


def settle(year: int, **given: Any) -> FrameYear:
    return posting.settle_year(year, **_by_hand(year, **{"on": datetime.date(year + 1, 2, 1), **given}))


def set_rule(rule: Reuse, **given: Any) -> ReleaseRule:
    facts = {"valid_from": datetime.date(2026, 1, 1), "on": datetime.date(2026, 1, 1), "source": "Bestyrelsen", **given}
    period = facts.pop("period", None) or GrantPeriod.objects.get(code="P2019_26")
    return posting.set_release_rule(period, rule, **_by_hand(2026, **facts))


def reserve(amount: Decimal | int, year: int = 2026, **given: Any) -> Reservation:
    facts = {
        "case_reference": "100001",
        "money": Money.SOCIAL,
        "on": datetime.date(year, 11, 22),
        "by": _of_the_fund("sag@example.org", Role.CASE_OFFICER),
        **given,
    }
    return posting.reserve(year, amount=Decimal(amount), **facts)


def unreserve(case_reference: str, money: Money | None = None) -> int:
    return posting.unreserve(case_reference, money=money, by=_of_the_fund("sag@example.org", Role.CASE_OFFICER))


def open_carried(year: int, **given: Any) -> FrameYear:
    """A year that lives on carry-over alone (G4), opened by hand."""
    facts = {"base_total": Decimal(0), "base_rent": Decimal(0), "base_vacancy": Decimal(0), **given}
    return posting.open_year(GrantPeriod.objects.get(code="P2019_26"), year, **_by_hand(year, **facts))
