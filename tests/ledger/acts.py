"""Postings with defaults, so that a test names only what it is about."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from typing import Any

from accounts.actors import SYSTEM
from ledger import posting
from ledger.kinds import Money
from ledger.models import Entry

MILLION = Decimal(1_000_000)
_count = itertools.count(1)


def _defaults(year: int, **given: Any) -> dict[str, Any]:
    return {
        "key": f"test:{next(_count)}",
        "on": datetime.date(year, 11, 22),
        "by": SYSTEM,
        "reason": "Bestyrelsens beslutning",
        **given,
    }


def commit(amount: Decimal | int, year: int = 2026, **given: Any) -> Entry:
    facts = {"case_reference": "100001", "money": Money.SOCIAL, "legal_basis": "Almenboligloven § 91 a, stk. 1", **given}
    return posting.commit(year, amount=Decimal(amount), **_defaults(year, **facts))


def release(amount: Decimal | int, year: int = 2026, **given: Any) -> Entry:
    facts = {"case_reference": "100001", "money": Money.SOCIAL, "legal_basis": "Almenboligloven § 91 a, stk. 1", **given}
    return posting.release(year, amount=Decimal(amount), **_defaults(year, **facts))


def reverse(entry: Entry, **given: Any) -> Entry:
    facts = {"legal_basis": "Almenboligloven § 91 a, stk. 1", **given}
    return posting.reverse(entry, **_defaults(entry.frame_year.year, **facts))


def carry_over(amount: Decimal | int, from_year: int = 2026, **given: Any) -> tuple[Entry, Entry]:
    return posting.carry_over(from_year, Decimal(amount), **_defaults(from_year, **given))


def regulate(total: Decimal | int, rent: Decimal | int, year: int = 2026, **given: Any) -> None:
    facts = _defaults(year, **{"document": "Brev af 2. januar 2026", **given})
    del facts["key"]
    posting.regulate(year, total=Decimal(total), rent=Decimal(rent), **facts)


def close(year: int, **given: Any) -> None:
    facts = _defaults(year, **{"on": datetime.date(year + 1, 2, 1), **given})
    del facts["key"]
    posting.close_year(year, **facts)
