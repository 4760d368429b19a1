"""What efforts gave back when they ended against what the ledger released for it (R6, Q8): asked by the ledger's check.

What a closed year did not take back is no difference: it waits for finance on a page of its own (`GiveBack`). Two queries,
however many efforts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.dispatch import receiver

from lbf_portal.lib.danish import kroner
from lbf_portal.lib.words import gettext_noop
from ledger.findings import Finding
from ledger.kinds import EntryKind, Money
from ledger.models import Entry
from ledger.signals import cases_asked
from monitoring import states
from monitoring.models import EffortEvent

ZERO = Decimal("0.00")
ENDS = {states.CLOSE.event: "close", states.REVOKE.event: "revoke"}


@receiver(cases_asked)
def differing(at: datetime.datetime, **_more: Any) -> list[Finding]:  # noqa: ARG001 - the signal's own
    """Every effort whose end gave back something else than the ledger released."""
    return list(_differing())


def _differing() -> Iterator[Finding]:
    told = _told()
    released = _released()
    for key in sorted({*told, *released}):
        case, year, amount = told.get(key, ("", 0, ZERO))
        posted, entries, of_case, of_year = released.get(key, (ZERO, (), case, year))
        if amount != posted:
            wording = gettext_noop(
                "Sag %(case)s: indsatsen gav %(told)s tilbage, da den sluttede; posteringerne giver %(posted)s"
            )
            values = {"case": of_case, "told": kroner(amount), "posted": kroner(posted)}
            yield Finding("give_back_differs", of_year, wording, values, entries=entries, case=of_case, about=key)


def _told() -> dict[str, tuple[str, int, Decimal]]:
    """What the ends of efforts say was released: case, year and amount by the key of the posting."""
    ends = EffortEvent.objects.filter(event__in=ENDS, data__is_released=True)
    return {
        f"effort:{effort}:{ENDS[event]}:{money.lower()}": (str(case), data["frame_year"], Decimal(data[money.lower()]))
        for effort, event, case, data in ends.values_list("effort_id", "event", "effort__application__case_number", "data")
        for money in (Money.SOCIAL, Money.RENT)
        if Decimal(data[money.lower()])
    }


def _released() -> dict[str, tuple[Decimal, tuple[int, ...], str, int]]:
    """What the ledger released for it, less what was reversed: amount, entry, case and year by the posting's key."""
    posted = Entry.objects.filter(kind=EntryKind.RELEASE, key__startswith="effort:").order_by("pk")
    net = posted.annotate(net=-(F("amount") + Coalesce("reversed_by__amount", ZERO)))
    names = ("key", "net", "pk", "allocation__case_reference", "frame_year__year")
    return {key: (amount, (pk,), case, year) for key, amount, pk, case, year in net.values_list(*names)}
