"""Postings by hand as values: what is proposed, how it is kept as JSON, and how it reads.

`ledger.proposals` carries them out. What is read back is checked field by field, so that a row somebody wrote by other
means is refused rather than guessed at.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.utils.translation import gettext

from lbf_portal.lib.danish import kroner, long_date
from ledger import frames
from ledger.kinds import FrameKind, Money, ProposalKind, ReleaseCause, Reuse


@dataclasses.dataclass(frozen=True)
class Open:
    """Open the frame of a year with its base amounts (R2, R8, R9)."""

    kind: ClassVar[ProposalKind] = ProposalKind.OPEN
    period: str
    year: int
    base_total: Decimal
    base_rent: Decimal
    base_vacancy: Decimal

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext(
            "Åbn rammen for %(year)s med %(total)s, heraf højst %(rent)s til husleje; af huslejen er %(vacancy)s til tomgangsleje"
        ) % {
            "year": self.year,
            "total": kroner(self.base_total),
            "rent": kroner(self.base_rent),
            "vacancy": kroner(self.base_vacancy),
        }


@dataclasses.dataclass(frozen=True)
class Regulate:
    """Type in the year's regulated amounts (R7, C5)."""

    kind: ClassVar[ProposalKind] = ProposalKind.REGULATE
    year: int
    total: Decimal
    rent: Decimal
    document: str
    frame: FrameKind = FrameKind.ORDINARY

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext("Regulér rammen for %(year)s til %(total)s, heraf højst %(rent)s til husleje (%(document)s)") % {
            "year": self.year,
            "total": kroner(self.total),
            "rent": kroner(self.rent),
            "document": self.document,
        }


@dataclasses.dataclass(frozen=True)
class Close:
    """Close a year that is over; with `carries_over` what may be carried without a decision goes to the next (R6, G2)."""

    kind: ClassVar[ProposalKind] = ProposalKind.CLOSE
    year: int
    carries_over: bool = False
    frame: FrameKind = FrameKind.ORDINARY

    @property
    def told(self) -> str:
        """The act in one sentence."""
        text = (
            gettext("Overfør, hvad der er tilbage af rammen for %(year)s, og luk året")
            if self.carries_over
            else gettext("Luk rammen for %(year)s")
        )
        return text % {"year": self.year}


@dataclasses.dataclass(frozen=True)
class CarryOver:
    """Move unused money to the following year (R6, C6, Q4)."""

    kind: ClassVar[ProposalKind] = ProposalKind.CARRY_OVER
    year: int
    amount: Decimal
    decision: str = ""
    frame: FrameKind = FrameKind.ORDINARY

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext("Overfør %(amount)s fra %(year)s til %(after)s") % {
            "amount": kroner(self.amount),
            "year": self.year,
            "after": self.year + 1,
        }


@dataclasses.dataclass(frozen=True)
class Release:
    """Give back to the year what a case holds of it and will not use."""

    kind: ClassVar[ProposalKind] = ProposalKind.RELEASE
    year: int
    case_reference: str
    money: Money
    amount: Decimal
    cause: ReleaseCause
    legal_basis: str
    frame: FrameKind = FrameKind.ORDINARY

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext("Frigiv %(amount)s, som sag %(case)s har af rammen for %(year)s (%(money)s, %(cause)s)") % {
            "amount": kroner(self.amount),
            "case": self.case_reference,
            "year": self.year,
            "money": str(self.money.label).lower(),
            "cause": str(self.cause.label).lower(),
        }


@dataclasses.dataclass(frozen=True)
class ReleaseByCarryOver:
    """Give back what a case holds of a closed year, and carry it on to the first open one."""

    kind: ClassVar[ProposalKind] = ProposalKind.RELEASE_BY_CARRY_OVER
    year: int
    case_reference: str
    money: Money
    amount: Decimal
    cause: ReleaseCause
    legal_basis: str
    decision: str
    frame: FrameKind = FrameKind.ORDINARY

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext(
            "Frigiv %(amount)s, som sag %(case)s har af den lukkede ramme for %(year)s, og overfør beløbet til det første åbne år"
        ) % {"amount": kroner(self.amount), "case": self.case_reference, "year": self.year}


@dataclasses.dataclass(frozen=True)
class Reverse:
    """Put a mistaken entry right by its mirror image."""

    kind: ClassVar[ProposalKind] = ProposalKind.REVERSE
    entry: int
    legal_basis: str

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext("Tilbagefør postering nummer %(entry)s") % {"entry": self.entry}


@dataclasses.dataclass(frozen=True)
class SetReleaseRule:
    """Decide whether and where money released in the period may be used again."""

    kind: ClassVar[ProposalKind] = ProposalKind.SET_RELEASE_RULE
    period: str
    valid_from: datetime.date
    rule: Reuse
    source: str

    @property
    def told(self) -> str:
        """The act in one sentence."""
        return gettext("Fra %(day)s gælder for brug af frigivne beløb af %(period)s: %(rule)s") % {
            "day": long_date(self.valid_from),
            "period": frames.name_of(self.period),
            "rule": str(self.rule.label).lower(),
        }


Act = Open | Regulate | Close | CarryOver | Release | ReleaseByCarryOver | Reverse | SetReleaseRule
OF_KIND: dict[ProposalKind, type[Act]] = {act.kind: act for act in typing.get_args(Act)}


class Malformed(ValueError):
    """A payload that is no act."""


def written(act: Act) -> dict[str, Any]:
    """The act as JSON: amounts and dates as text, exact."""
    return {field.name: _plain(getattr(act, field.name)) for field in dataclasses.fields(act)}


def read(kind: ProposalKind, payload: Mapping[str, Any]) -> Act:
    """The act that the JSON stands for.

    Errors: Malformed when a field is missing, unknown or of another type.
    """
    act = OF_KIND[kind]
    types = typing.get_type_hints(act)
    wanted = [field.name for field in dataclasses.fields(act)]
    if sorted(payload) != sorted(wanted):
        raise Malformed(f"{kind}: expected {wanted}, got {sorted(payload)}")
    return act(**{name: _typed(types[name], payload[name], name) for name in wanted})


def _plain(value: object) -> object:
    match value:
        case bool() | int():
            return value
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)


def _typed(wanted: type, value: object, name: str) -> Any:
    try:
        if wanted in (int, bool):
            if type(value) is not wanted:
                raise Malformed(f"{name}: {value!r} is no {wanted.__name__}")
            return value
        if not isinstance(value, str):
            raise Malformed(f"{name}: {value!r} is no text")
        return datetime.date.fromisoformat(value) if wanted is datetime.date else wanted(value)
    except (ValueError, InvalidOperation) as error:
        raise Malformed(f"{name}: {value!r}") from error
