"""Mails on postings by hand and on checks: a link and no amounts, for mails are read where they should not be.

Recipients hold their role on the day the mail is made.
"""

from __future__ import annotations

import datetime

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from accounts.transitions import queue_mail
from ledger import approvers
from ledger.models import FrameCheck, Proposal


def posting_proposed(proposal: Proposal, *, on: datetime.date) -> None:
    """Ask everybody who may approve it to look at it; not the proposer, who may not."""
    for person in approvers.besides(proposal.proposed_by, on=on):
        queue_mail("posting_proposed", key=proposal.key, to=person, context=_about(proposal))


def posting_decided(proposal: Proposal) -> None:
    """Tell the proposer that somebody has answered."""
    queue_mail("posting_decided", key=proposal.key, to=proposal.proposed_by, context=_about(proposal))


def check_found(check: FrameCheck, *, on: datetime.date) -> None:
    """Tell finance that a check found something it had not found before."""
    context = {"new": check.new, "found": check.found, "path": reverse("ledger:check")}
    for person in _finance(on):
        queue_mail("check_found", key=f"check:{check.pk}", to=person, context=context)


def _finance(on: datetime.date) -> QuerySet[User]:
    fund = Organisation.objects.filter(kind=OrganisationKind.FUND)
    seats = Membership.objects.current(on).filter(organisation__in=fund, role=Role.FINANCE_OFFICER)
    return User.objects.filter(pk__in=seats.values("user_id"), is_active=True).order_by("pk")


def _about(proposal: Proposal) -> dict[str, object]:
    # As text: a number has no thousands separator.
    return {"number": str(proposal.pk), "path": proposal.get_absolute_url()}
