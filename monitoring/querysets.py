"""Which efforts a reader sees, and which measurements stand."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.actors import Actor
from applications.models import Application
from lbf_portal.lib.danish import sort_key
from ledger.models import Proposal
from ledger.states import State as ProposalState
from monitoring.states import ENDS_BY_CALENDAR, State

if TYPE_CHECKING:
    from monitoring.models import Effort, GiveBack, Measurement


class EffortQuerySet(models.QuerySet["Effort"]):
    """Running efforts."""

    def visible_to(self, actor: Actor, *, on: datetime.date) -> EffortQuerySet:
        """Efforts of the cases the actor may know of, and no others (ApplicationQuerySet.visible_to).

        So: the fund all, parties their own, a municipality those in it, and whoever has a seat on the board or in the
        secretariat on the day that very effort (R129, R132).
        """
        return self.filter(application__in=Application.objects.visible_to(actor, on=on))

    def due_to_start(self, on: datetime.date) -> EffortQuerySet:
        """Efforts whose first day has come."""
        return self.filter(state=State.PENDING, starts_on__lte=on)

    def due_to_close(self, on: datetime.date) -> EffortQuerySet:
        """Efforts whose last day is over."""
        return self.filter(state__in=ENDS_BY_CALENDAR, ends_on__lt=on)

    def matching(self, text: str) -> EffortQuerySet:
        """Efforts whose number, name, area or organisation holds the text."""
        key = sort_key(text)
        found = (
            Q(application__title__icontains=text)
            | Q(application__area__sort_key__contains=key)
            | Q(application__organisation__sort_key__contains=key)
        )
        if text.isdecimal():
            found |= Q(application__case_number__contains=text)
        return self.filter(found)

    def with_list_relations(self) -> EffortQuerySet:
        """What a list row shows, without a query a row."""
        return self.select_related("application__organisation", "application__municipality", "application__area")

    def with_case_relations(self) -> EffortQuerySet:
        """What the dashboard and its permissions ask for."""
        return self.select_related(
            "application__organisation", "application__municipality__organisation", "application__area", "application__plan"
        ).prefetch_related("application__participants", "application__board_seats__organisation")


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Measured values."""

    def standing(self) -> MeasurementQuerySet:
        """For each indicator and day the value recorded last: a later batch puts an earlier one right. Oldest day first."""
        return self.order_by("effort_id", "indicator_id", "measured_on", F("pk").desc()).distinct(
            "effort_id", "indicator_id", "measured_on"
        )


class GiveBackQuerySet(models.QuerySet["GiveBack"]):
    """Money that comes back from cases of a closed year."""

    def due(self) -> GiveBackQuerySet:
        """What finance is to propose: nothing is proposed yet, or what was proposed was rejected or taken back."""
        return self.filter(~Q(proposals__proposal__in=Proposal.objects.standing()))

    def owed(self) -> GiveBackQuerySet:
        """What is not released yet, proposed or not: the case still holds it, but it is spoken for."""
        return self.exclude(proposals__proposal__state=ProposalState.APPROVED)

    def dealt_with(self) -> GiveBackQuerySet:
        """What waits for approval or is released."""
        return self.filter(proposals__proposal__in=Proposal.objects.standing())

    def with_list_relations(self) -> GiveBackQuerySet:
        """What a list row shows, without a query a row: the case, and the latest proposal's number and state."""
        links = apps.get_model("monitoring", "GiveBackProposal").objects.filter(give_back=OuterRef("pk")).order_by("-pk")
        return self.select_related("effort__application__area").annotate(
            proposal_number=Subquery(links.values("proposal_id")[:1]),
            proposal_state=Subquery(links.values("proposal__state")[:1]),
            is_due=~Exists(links.filter(proposal__in=Proposal.objects.standing())),
        )
