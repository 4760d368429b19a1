"""What the app does when a lower one sends a signal; connected when the app is ready."""

from __future__ import annotations

import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from applications.models import Application
from applications.signals import committed
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop
from ledger import proposed
from ledger.kinds import FrameKind
from ledger.models import Proposal
from ledger.signals import Claim, claims_asked
from monitoring import transitions
from monitoring.models import GiveBack, GiveBackProposal


@receiver(committed)
def open_effort(application: Application, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    """A commitment opens its effort, in the same transaction: both are there, or neither."""
    transitions.open_effort(application, by=by, at=at)


@receiver(claims_asked)
def claimed(act: proposed.Act, proposal: Proposal | None, **_more: Any) -> list[Claim]:
    """Money that a case gives back is released from finance's list alone, so that it is not released twice (G2)."""
    if not isinstance(act, proposed.Release | proposed.ReleaseByCarryOver) or act.frame != FrameKind.ORDINARY:
        return []
    if not act.case_reference.isdecimal() or GiveBackProposal.objects.filter(proposal=proposal).exists():
        return []
    of_case = GiveBack.objects.owed().filter(effort__application__case_number=act.case_reference)
    if not of_case.filter(frame_year=act.year, money=act.money).exists():
        return []
    text = gettext_noop(
        "Penge af rammen for %(year)s, som sag %(case)s giver tilbage, står på listen over beløb til frigivelse. Frigiv dem dér,"
        " så de ikke frigives to gange."
    )
    facts = {"year": str(act.year), "case": act.case_reference}
    violation = Violation("claimed", text, transitions.LEGAL_BASIS, field="case_reference", params=facts)
    return [Claim(violation, reverse("monitoring:give_backs"), _("Se beløb til frigivelse"))]
