"""The scheme in public: what is supported, who can apply, what to have ready, what is left, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications import durations
from applications.rules.cofinancing import MINIMUM_LOCAL_SHARE
from applications.rules.prequalification import PROBLEM_NAMES
from applications.rules.rule_sets import TERMS, rule_set_on
from applications.states import TARGET_DAYS
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from ledger.positions import Position

MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Left:
    """What the year's frame still has, rounded down to whole millions: nobody may count on the rest."""

    year: int
    whole: Decimal
    rent: Decimal
    is_regulated: bool

    @classmethod
    def of(cls, position: Position) -> Left:
        """From where the year's frame stands."""
        return cls(position.year, _millions(position.available), _millions(position.rent_available), position.is_regulated)


def _millions(amount: Decimal) -> Decimal:
    return max((amount / MILLION).to_integral_value(ROUND_FLOOR), Decimal(0))


@login_not_required
@require_safe
def scheme(request: HttpRequest) -> HttpResponse:
    """For everybody, signed in or not; nothing of any case is shown."""
    today = timezone.localdate()
    years = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period")
    year = years.filter(year=today.year).first()
    rule_set = rule_set_on(today)
    context = {
        "today": today,
        "left": Left.of(year.position) if year else None,
        "terms": TERMS[rule_set],
        "problems": PROBLEM_NAMES.values(),
        "local_share": MINIMUM_LOCAL_SHARE[rule_set].value,
        "target_days": TARGET_DAYS,
        "to_prequalification": durations.typical(durations.SUBMITTED, [durations.PREQUALIFIED, durations.REFUSED], on=today),
        "to_commitment": durations.typical(durations.PREQUALIFIED, [durations.COMMITTED, durations.REFUSED], on=today),
        "looks_back": durations.LOOKS_BACK,
    }
    return render(request, "pages/scheme.html", context)
