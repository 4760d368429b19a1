"""Where a year's frame stands: plain values, the same whether read from the running totals or counted anew from entries."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from ledger.kinds import FrameKind

ZERO = Decimal("0.00")


@dataclasses.dataclass(frozen=True)
class Position:
    """One year of a frame (R2, R6, R8, R15; C1, C2, C4)."""

    year: int
    period: str
    frame: FrameKind
    base: Decimal
    regulated: Decimal | None
    base_rent: Decimal
    regulated_rent: Decimal | None
    carried_in: Decimal
    carried_out: Decimal
    # Of what was carried out: what finance decided, with a decision on record (Q4).
    carried_out_by_decision: Decimal
    # What counts against the ceiling.
    committed: Decimal
    rent_committed: Decimal
    # Of what was committed: given back by the cases, but not to be used again (the period's rule for releases).
    withheld: Decimal
    # What prequalified cases are expected to take; binds nobody.
    reserved: Decimal
    rent_reserved: Decimal

    @property
    def ceiling(self) -> Decimal:
        """The regulated amount where a finance officer has typed it in, else the base amount (C5)."""
        return self.base if self.regulated is None else self.regulated

    @property
    def rent_ceiling(self) -> Decimal:
        """The ceiling of the rent part; vacancy rent is inside it (C2, C3). The extra frame is rent money throughout (R15)."""
        if self.frame == FrameKind.EXTRA_RENT:
            return self.disposable
        return self.base_rent if self.regulated_rent is None else self.regulated_rent

    @property
    def is_regulated(self) -> bool:
        """False until a finance officer has typed in the regulated amount; the base amount then counts, with a warning (Q3)."""
        return self.regulated is not None

    @property
    def disposable(self) -> Decimal:
        """What the year has to give: its ceiling and what was carried in, less what was carried out."""
        return self.ceiling + self.carried_in - self.carried_out

    @property
    def available(self) -> Decimal:
        """What is left of the whole frame (C1)."""
        return self.disposable - self.committed

    @property
    def rent_available(self) -> Decimal:
        """What rent may still take: never more than is left of the whole (C2)."""
        return min(self.rent_ceiling - self.rent_committed, self.available)

    @property
    def rent_taken_by_others(self) -> Decimal:
        """What is left of the rent ceiling, but not of the whole: social efforts have taken it, or it was carried out (C2)."""
        return self.rent_ceiling - self.rent_committed - self.rent_available

    @property
    def carriable(self) -> Decimal:
        """What may be carried to the following year without a decision (Q4).

        Money carried in counts as used first, so what is left is the year's own money, as far as that goes; the rest has
        been carried once already.
        """
        own = self.ceiling - (self.carried_out - self.carried_out_by_decision)
        return max(ZERO, min(self.available, own))

    @property
    def needs_decision(self) -> Decimal:
        """What is left beyond that: money that was carried in, and goes on by a decision of finance alone (Q4)."""
        return self.available - self.carriable

    @property
    def after(self) -> int:
        """The following year, which alone takes what is carried over."""
        return self.year + 1

    def outlook(self, waiting: Decimal = ZERO) -> Decimal:
        """What the year is heading for: committed, reserved, and `waiting`, which the caller knows."""
        return self.committed + self.reserved + waiting

    def outlook_available(self, waiting: Decimal = ZERO) -> Decimal:
        """What would be left if it came so; negative when not all can be met."""
        return self.disposable - self.outlook(waiting)

    @property
    def social_committed(self) -> Decimal:
        """What social efforts hold."""
        return self.committed - self.rent_committed

    @property
    def social_guideline(self) -> Decimal:
        """What is left for social efforts when rent takes all it may: LBF's published 140 of 380 (C2: a warning, no stop)."""
        return ZERO if self.frame == FrameKind.EXTRA_RENT else self.ceiling - self.rent_ceiling

    @property
    def is_past_guideline(self) -> bool:
        """True when social efforts hold more than LBF's published split gives them."""
        return self.social_committed > self.social_guideline + self.carried_in

    @property
    def share_used(self) -> Decimal:
        """How much of what the year has to give is committed, as a fraction."""
        return share(self.committed, self.disposable)

    @property
    def rent_share_used(self) -> Decimal:
        """How much of the rent ceiling is committed, as a fraction."""
        return share(self.rent_committed, self.rent_ceiling)

    @property
    def is_overspent(self) -> bool:
        """What must never be true (C1)."""
        return self.available < ZERO

    @property
    def is_rent_overspent(self) -> bool:
        """What must never be true (C2)."""
        return self.rent_committed > self.rent_ceiling


@dataclasses.dataclass(frozen=True)
class Place:
    """What one case holds of one year's frame, for the case's own page and the board's dashboard."""

    year: int
    social: Decimal
    rent: Decimal
    frame: Position

    @property
    def total(self) -> Decimal:
        """All the case holds of the year."""
        return self.social + self.rent

    @property
    def ceiling(self) -> Decimal:
        """The year's ceiling."""
        return self.frame.ceiling

    @property
    def committed_share(self) -> Decimal:
        """How much of the year's frame is committed to all cases together, as a fraction."""
        return self.frame.share_used

    @property
    def own_share(self) -> Decimal:
        """How much of the year's frame this case holds, as a fraction."""
        return share(self.total, self.frame.disposable)


def share(part: Decimal, whole: Decimal) -> Decimal:
    """A part as a fraction of the whole, for display; nothing of nothing is nothing."""
    return part / whole if whole else ZERO
