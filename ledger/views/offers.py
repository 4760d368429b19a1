"""What a reader may propose from where they stand: links from a year's page and from an entry into the forms."""

from __future__ import annotations

import dataclasses
import datetime

from django.http import QueryDict
from django.urls import reverse

from accounts.actors import Actor
from ledger import proposals
from ledger.kinds import EntryKind, FrameKind, ProposalKind
from ledger.models import Entry, FrameYear


@dataclasses.dataclass(frozen=True)
class Offer:
    """A form, filled in as far as the page knows."""

    label: str
    url: str


def slug_of(kind: ProposalKind) -> str:
    """The kind as addresses name it: `carry-over`."""
    return kind.value.lower().replace("_", "-")


def of_year(actor: Actor, frame_year: FrameYear, *, today: datetime.date) -> list[Offer]:
    """What may be proposed for the year as it stands; the most usual first."""
    is_followed = frame_year.is_followed
    is_open, is_over = frame_year.closed_on is None, frame_year.year < today.year
    possible = {
        ProposalKind.REGULATE: is_open and frame_year.base_total > 0,
        ProposalKind.CLOSE: is_open and is_over,
        ProposalKind.CARRY_OVER: frame_year.position.available > 0 and is_followed,
        ProposalKind.RELEASE: is_open,
        ProposalKind.RELEASE_BY_CARRY_OVER: not is_open and is_followed,
    }
    about = {"year": str(frame_year.year)}
    if frame_year.kind != FrameKind.ORDINARY:
        about["frame"] = frame_year.kind
    return [_offer(kind, about) for kind, is_possible in possible.items() if is_possible and proposals.may_propose(actor, kind)]


def of_entry(actor: Actor, entry: Entry, *, is_reversed: bool) -> list[Offer]:
    """The reversal of a commitment or release that has none yet."""
    is_possible = entry.kind in {EntryKind.COMMIT, EntryKind.RELEASE} and not entry.act and not is_reversed
    if not is_possible or not proposals.may_propose(actor, ProposalKind.REVERSE):
        return []
    return [_offer(ProposalKind.REVERSE, {"entry": str(entry.pk)})]


def _offer(kind: ProposalKind, about: dict[str, str]) -> Offer:
    query = QueryDict(mutable=True)
    query.update(about)
    return Offer(str(kind.label), f"{reverse('ledger:propose', args=[slug_of(kind)])}?{query.urlencode()}")
