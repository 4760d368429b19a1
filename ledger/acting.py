"""What a proposed posting does: carry it out, or rehearse it and tell what it would do.

A rehearsal is the posting itself, undone: nothing here restates a rule, so a preview cannot say anything but what
approving would do, and a refusal is the very sentence that approving would meet. It uses up entry numbers, as every
refused posting does.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import posting, proposed
from ledger.kinds import EntryKind, FrameKind
from ledger.models import Allocation, Entry, FrameYear, GrantPeriod
from ledger.positions import ZERO, Position


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a year stands, and whether it is open."""

    position: Position
    closed_on: datetime.date | None


@dataclasses.dataclass(frozen=True)
class Row:
    """One amount of a year before and after; `before` is None for a year that is opened."""

    label: str | Promise
    before: Decimal | None
    after: Decimal

    @property
    def moves(self) -> bool:
        """Whether the posting changes it."""
        return self.before != self.after


# What of a year is shown: always what is left, the rest where it changes.
ALWAYS = {"available": _("Tilbage"), "rent_available": _("Tilbage til husleje")}
AMOUNTS: dict[str, str | Promise] = {
    "ceiling": _("Ramme"),
    "rent_ceiling": _("Lejedelens loft"),
    "carried_in": _("Overført fra året før"),
    "carried_out": _("Overført til året efter"),
    "committed": _("Givne tilsagn"),
    "rent_committed": _("Heraf til husleje"),
    "withheld": _("Heraf tilbageholdt"),
    **ALWAYS,
    "carriable": _("Kan overføres uden beslutning"),
    "needs_decision": _("Kræver en særskilt beslutning"),
}


@dataclasses.dataclass(frozen=True)
class Change:
    """A year before and after; `before` is None for a year that is opened."""

    before: Standing | None
    after: Standing
    # Whether the frame has a following year, which could take what is left.
    is_followed: bool

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.after.position.year

    @property
    def frame(self) -> FrameKind:
        """Which of the two frames (C4)."""
        return self.after.position.frame

    @property
    def rows(self) -> list[Row]:
        """What is left, and every other amount that changes."""
        before = self.before.position if self.before else None
        rows = [
            (name, Row(label, getattr(before, name) if before else None, getattr(self.after.position, name)))
            for name, label in AMOUNTS.items()
        ]
        return [row for name, row in rows if row.moves or name in ALWAYS]

    @property
    def closes(self) -> bool:
        """Whether the year is closed by it."""
        return self.after.closed_on is not None and (self.before is None or self.before.closed_on is None)


@dataclasses.dataclass(frozen=True)
class Line:
    """An entry that would be posted, and what it means for the money."""

    year: int
    kind: EntryKind
    amount: Decimal
    explanation: str


@dataclasses.dataclass(frozen=True)
class Effect:
    """What a posting would do: to the years, to what the case holds of all years, and entry by entry."""

    changes: list[Change]
    lines: list[Line]
    case_reference: str
    held_before: Decimal
    held_after: Decimal
    fingerprint: str


def carry_out(act: proposed.Act, *, key: str, by: Actor, seconded_by: Actor | None, reason: str, at: datetime.datetime) -> None:
    """Post what the act says.

    Errors: NotAllowed; RuleBroken, as `ledger.posting` raises them.
    """
    how: dict[str, Any] = {
        "key": key,
        "on": timezone.localdate(at),
        "by": by,
        "seconded_by": seconded_by,
        "reason": reason,
        "at": at,
    }
    match act:
        case proposed.Open():
            posting.open_year(
                period(act.period),
                act.year,
                base_total=act.base_total,
                base_rent=act.base_rent,
                base_vacancy=act.base_vacancy,
                **how,
            )
        case proposed.Regulate():
            posting.regulate(act.year, total=act.total, rent=act.rent, document=act.document, frame=act.frame, **how)
        case proposed.Close(carries_over=True):
            posting.settle_year(act.year, frame=act.frame, **how)
        case proposed.Close():
            posting.close_year(act.year, frame=act.frame, **how)
        case proposed.CarryOver():
            posting.carry_over(act.year, act.amount, decision=act.decision, frame=act.frame, **how)
        case proposed.ReleaseByCarryOver():
            posting.release_by_carry_over(decision=act.decision, **_released(act), **how)
        case proposed.Release():
            posting.release(**_released(act), **how)
        case proposed.Reverse():
            posting.reverse(entry(act.entry), legal_basis=act.legal_basis, **how)
        case proposed.SetReleaseRule():
            posting.set_release_rule(period(act.period), act.rule, valid_from=act.valid_from, source=act.source, **how)


def rehearse(act: proposed.Act, *, by: Actor, seconded_by: Actor | None, reason: str, at: datetime.datetime) -> Effect:
    """Post what the act says, look at the years, and undo it.

    Errors: as `carry_out`; what stands in the way of the posting stands in the way of its rehearsal.
    """
    key = f"rehearsal:{uuid.uuid4()}"
    with transaction.atomic():
        case_reference = _case_of(act)
        before, held_before = _standings(), _held(case_reference)
        carry_out(act, key=key, by=by, seconded_by=seconded_by, reason=reason, at=at)
        after, held_after = _standings(), _held(case_reference)
        entries = posted(key)
        seen = fingerprint(act, entries)
        lines = [Line(made.frame_year.year, EntryKind(made.kind), made.amount, made.explanation) for made in entries]
        transaction.set_rollback(True)
    changes = [
        Change(before.get((frame, year)), standing, (frame, year + 1) in after)
        for (frame, year), standing in after.items()
        if before.get((frame, year)) != standing
    ]
    return Effect(changes, lines, case_reference, held_before, held_after, seen)


def period(code: str) -> GrantPeriod:
    """The period of the code. Errors: RuleBroken when there is none."""
    try:
        return GrantPeriod.objects.get(code=code)
    except GrantPeriod.DoesNotExist:
        text = gettext_noop("Bevillingsperioden findes ikke.")
        raise RuleBroken([Violation("no_period", text, "", field="period")]) from None


def entry(number: int) -> Entry:
    """The entry of the number. Errors: RuleBroken when there is none."""
    try:
        return Entry.objects.with_names().get(pk=number)
    except Entry.DoesNotExist:
        text = gettext_noop("Der er ingen postering med det nummer.")
        raise RuleBroken([Violation("no_entry", text, "", field="entry")]) from None


def _released(act: proposed.Release | proposed.ReleaseByCarryOver) -> dict[str, Any]:
    names = ("year", "case_reference", "money", "amount", "cause", "legal_basis", "frame")
    return {name: getattr(act, name) for name in names}


def _case_of(act: proposed.Act) -> str:
    """The case that the act is about; none for what happens to the frame itself."""
    match act:
        case proposed.Release() | proposed.ReleaseByCarryOver():
            return act.case_reference
        case proposed.Reverse():
            return entry(act.entry).case_reference
        case _:
            return ""


def _standings() -> dict[tuple[str, int], Standing]:
    """Every year of every frame, oldest first: one query."""
    years = FrameYear.objects.with_reserved().select_related("period").order_by("year", "-kind")
    return {(year.kind, year.year): Standing(year.position, year.closed_on) for year in years}


def _held(case_reference: str) -> Decimal:
    """What the case holds of all years together."""
    if not case_reference:
        return ZERO
    held: Decimal = Allocation.objects.filter(case_reference=case_reference).aggregate(held=Sum("held", default=ZERO))["held"]
    return held


def posted(key: str) -> list[Entry]:
    """The entries of an act; not by the bare beginning of its key: `proposal:1` is no part of `proposal:12`."""
    exact, parts = Entry.objects.filter(key=key), Entry.objects.filter(key__startswith=f"{key}:")
    return list((exact | parts).with_names().order_by("pk"))


def fingerprint(act: proposed.Act, entries: Iterable[Entry]) -> str:
    """What somebody has seen before agreeing: the act, and the entries it makes; the same in every language.

    Not where the years stand, which every commitment moves: only what this act does.
    """
    made = [
        [entry.frame_year.kind, entry.frame_year.year, entry.kind, f"{entry.amount:.2f}", entry.is_withheld] for entry in entries
    ]
    seen = [act.kind, proposed.written(act), made]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:32]
