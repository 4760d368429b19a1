"""One entry: all it says, and what it hangs together with."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from ledger.models import Entry, Proposal
from ledger.views import offers
from ledger.views.standing import for_the_fund

# The key of a posting by hand is its proposal's, or begins with it where one act posts several entries.
OF_PROPOSAL = re.compile(r"proposal:(\d{1,18})(?::|$)")


@require_safe
def entry(request: PortalRequest, entry: int) -> HttpResponseBase:
    """The entry with the others of its act, its reversal, and the proposal behind it."""
    for_the_fund(request)
    shown = get_object_or_404(Entry.objects.with_names().select_related("frame_year__period", "reversed_by"), pk=entry)
    context: dict[str, Any] = {
        "entry": shown,
        "related": _related(shown),
        "reversed_by": getattr(shown, "reversed_by", None),
        "proposal": _proposal(shown),
        "offers": offers.of_entry(request.actor, shown, is_reversed=hasattr(shown, "reversed_by")),
    }
    return render(request, "ledger/entry.html", context)


def _related(shown: Entry) -> list[Entry]:
    """The other entries of its act: the other half of a carry-over, or what a release from a closed year moved on."""
    same = Q(act=shown.act) if shown.act else Q(pair=shown.pair)
    if not (shown.act or shown.pair):
        return []
    return list(Entry.objects.filter(same).exclude(pk=shown.pk).with_names().order_by("pk"))


def _proposal(shown: Entry) -> Proposal | None:
    """What one person proposed and another approved, where it was posted by hand."""
    named = OF_PROPOSAL.match(shown.key)
    return Proposal.objects.with_names().filter(pk=int(named[1])).first() if named else None
