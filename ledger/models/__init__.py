"""Grant periods, the years' frames, what cases hold of them, the entries that say how it came about, and what waits.

Only `ledger.posting` and, for proposals, `ledger.proposals` write here. The database moves the running totals itself,
refuses what the law refuses, and gives the portal's role no right to change or delete what is posted
(migrations/0002_guards.py, docs/decisions/0002-ledger.md).
"""

from ledger.models.checks import FrameCheck, FrameFinding, FrameFindingEvent
from ledger.models.entries import Allocation, Entry
from ledger.models.frames import FrameDay, FrameYear, FrameYearEvent
from ledger.models.periods import GrantPeriod, ReleaseRule
from ledger.models.proposals import Proposal, ProposalEvent
from ledger.models.reservations import Reservation

__all__ = [
    "Allocation",
    "Entry",
    "FrameCheck",
    "FrameDay",
    "FrameFinding",
    "FrameFindingEvent",
    "FrameYear",
    "FrameYearEvent",
    "GrantPeriod",
    "Proposal",
    "ProposalEvent",
    "ReleaseRule",
    "Reservation",
]
