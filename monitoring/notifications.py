"""Mails of running efforts: one function a mail, named after what happened. A link and no amounts."""

from __future__ import annotations

import datetime

from django.urls import reverse

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind
from accounts.transitions import queue_mail
from monitoring.models import GiveBack
from monitoring.permissions import FUND_ACTS


def give_back_due(give_back: GiveBack, *, on: datetime.date) -> None:
    """Tell finance that a closed year's money waits for its decision."""
    fund = Organisation.objects.filter(kind=OrganisationKind.FUND)
    seats = Membership.objects.current(on).filter(organisation__in=fund, role__in=FUND_ACTS["propose_give_back"])
    number = give_back.effort.application.case_number
    # As text: a case number has no thousands separator.
    context = {"case_number": str(number), "path": reverse("monitoring:give_backs")}
    for person in User.objects.filter(pk__in=seats.values("user_id"), is_active=True).order_by("pk"):
        queue_mail("give_back_due", key=f"give-back:{give_back.effort_id}:{give_back.cause}", to=person, context=context)
