"""How long cases have taken: the median of those that came through, and how many it rests on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from django.db.models import Min, Q
from django.utils import timezone

from applications.models import ApplicationEvent

# Years back: what took long under other rules and other people says little of today.
LOOKS_BACK = 3
# Fewer cases would tell of those cases, and perhaps of whose they were.
FEWEST = 5

SUBMITTED = "application:submitted"
PREQUALIFIED = "application:prequalified"
COMMITTED = "application:committed"
REFUSED = "application:refused"


@dataclass(frozen=True)
class Typical:
    """The median in whole days; None when it would rest on fewer than FEWEST cases."""

    days: int | None
    cases: int

    @property
    def months(self) -> int | None:
        """The same in months, at least one, for what takes that long."""
        return None if self.days is None else max(1, round(self.days * 12 / 365))


def typical(start: str, ends: Iterable[str], *, on: datetime.date) -> Typical:
    """From the first event `start` of a case to the first of `ends`, over the cases that got there in the last years."""
    until = timezone.make_aware(datetime.datetime.combine(on, datetime.time.max))
    since = timezone.make_aware(datetime.datetime.combine(on - datetime.timedelta(days=365 * LOOKS_BACK), datetime.time.min))
    ends = list(ends)
    spans = (
        ApplicationEvent.objects.filter(event__in=[start, *ends], at__lte=until)
        .order_by()
        .values("application")
        .annotate(began=Min("at", filter=Q(event=start)), ended=Min("at", filter=Q(event__in=ends)))
        .filter(began__isnull=False, ended__gte=since)
        .values_list("began", "ended")
    )
    days = [(ended - began).days for began, ended in spans]
    return Typical(median_low(days) if len(days) >= FEWEST else None, len(days))
