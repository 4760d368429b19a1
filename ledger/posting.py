"""The only writer of the ledger: open, regulate and close a year; commit, release, reverse, carry over.

Every posting names its act by a `key`: posted again with the same key and content it returns the first entry, so a
retried task or a double click costs nothing. `on` is the day of the decision, `at` the moment of posting (now). What
the database refuses is raised as `RuleBroken`, with the remaining amount named and after a savepoint, so that the
caller's transaction goes on and can tell the person.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import psycopg
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.lib.danish import kroner, long_date
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger.kinds import RENT_MONEY, EntryKind, FrameEventKind, Money
from ledger.models import Allocation, Entry, FrameYear, FrameYearEvent, GrantPeriod
from ledger.permissions import Act, role_for
from ledger.positions import ZERO

FRAME = "Almenboligloven § 91 a, stk. 1; R2, C1"
RENT_PART = "Almenboligloven § 91 a, stk. 2; R8, C2"
CARRIED = "Almenboligloven § 91 a, stk. 1; R6, C6"
REGULATED = "Almenboligloven § 91 a, stk. 1; R7, C5"
PARTS = "Almenboligloven § 91 a, stk. 2; R8, R9, C3"
CLOSED = "Almenboligloven § 91 a, stk. 1; R6, G2"

KEY_REUSED = gettext_noop("Der er allerede bogført noget andet under %(key)s. Intet er bogført nu.")

LARGEST = Decimal("999999999999.99")
ORE = Decimal("0.01")

# Makes the sentence out of what the database says in detail: the amount that is left.
Sentence = Callable[[str], Violation]


# The year's frame.


def add_period(code: str, name: str, *, first_year: int, last_year: int, by: Actor) -> GrantPeriod:
    """Register the years that one act gives money for (R1); the same again returns the first."""
    _role(by, Act.MANAGE)
    period, _ = GrantPeriod.objects.get_or_create(
        code=code, defaults={"name": name, "first_year": first_year, "last_year": last_year}
    )
    return period


def open_year(
    period: GrantPeriod,
    year: int,
    *,
    base_total: Decimal,
    base_rent: Decimal,
    base_vacancy: Decimal,
    on: datetime.date,
    by: Actor,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> FrameYear:
    """Open the frame of a year with its base amounts (R2, R8, R9).

    A year after the period has no money of its own and is fed by carry-over only (G4): its base amounts are 0.
    Errors: NotAllowed; RuleBroken when the year is open already or has money outside its period.
    """
    role = _role(by, Act.MANAGE)
    exists = gettext_noop("Rammen for %(year)s er allerede åbnet.")
    outside = gettext_noop("%(year)s ligger uden for bevillingsperioden. Rammen kan kun få penge ved overførsel fra året før.")
    parts = gettext_noop("Tomgangslejen skal ligge inden for lejedelen, og lejedelen inden for hele rammen.")
    sentences = {
        "frame_year_opened_once": _plainly("year_exists", exists, FRAME, year=str(year)),
        "frame_year_money_within_period": _plainly("year_outside_period", outside, CARRIED, year=str(year)),
        "frame_year_parts_within_whole": _plainly("parts_exceed_whole", parts, PARTS),
    }
    with _saying_why(sentences), transaction.atomic():
        frame_year = FrameYear.objects.create(
            period=period, year=year, base_total=base_total, base_rent=base_rent, base_vacancy=base_vacancy
        )
        _record(FrameEventKind.OPENED, frame_year, on=on, at=at, by=by, role=role, reason=reason)
    return frame_year


def regulate(
    year: int,
    *,
    total: Decimal,
    rent: Decimal,
    document: str,
    on: datetime.date,
    by: Actor,
    reason: str,
    at: datetime.datetime | None = None,
) -> FrameYear:
    """Type in the year's regulated amounts with the document that states them (R7, C5; never computed, Q3).

    Regulated again, the latest amounts count; the earlier ones stay on record.
    Errors: NotAllowed; RuleBroken when the year is closed or already holds more commitments than the amounts allow.
    """
    role = _role(by, Act.MANAGE)
    frame_year = _frame_year(year)
    if not document.strip():
        raise RuleBroken(
            [Violation("document_missing", gettext_noop("Angiv dokumentet for reguleringen."), REGULATED, "document")]
        )
    sentences = {
        "frame_year_open": gettext_noop("Rammen for %(year)s er lukket og kan ikke reguleres."),
        "frame_year_not_overspent": gettext_noop("Der er givet flere tilsagn i %(year)s, end det regulerede beløb kan rumme."),
        "frame_year_rent_not_overspent": gettext_noop(
            "Der er givet flere tilsagn til husleje i %(year)s, end det regulerede beløb kan rumme."
        ),
        "frame_year_regulated_within_twice_base": gettext_noop(
            "Det regulerede beløb for %(year)s er mere end det dobbelte af grundbeløbet. Kontrollér, om der er et nul for meget."
        ),
        "frame_year_regulated_with_document": gettext_noop("Lejedelen for %(year)s skal ligge inden for det regulerede beløb."),
    }
    plain = {name: _plainly(name, text, REGULATED, year=str(year)) for name, text in sentences.items()}
    with _saying_why(plain), transaction.atomic():
        _record(
            FrameEventKind.REGULATED,
            frame_year,
            on=on,
            at=at,
            by=by,
            role=role,
            reason=reason,
            total=_amount(total),
            rent=_amount(rent, may_be_zero=True),
            document=document.strip(),
        )
    return _frame_year(year)


def close_year(year: int, *, on: datetime.date, by: Actor, reason: str, at: datetime.datetime | None = None) -> FrameYear:
    """Close a year that is over; from now on only carry-over leaves it (G2).

    Errors: NotAllowed; RuleBroken when it is closed already or not yet over.
    """
    role = _role(by, Act.MANAGE)
    frame_year = _frame_year(year)
    sentences = {
        "frame_year_open": gettext_noop("Rammen for %(year)s er allerede lukket."),
        "frame_year_opened_and_closed_once": gettext_noop("Rammen for %(year)s er allerede lukket."),
        "frame_year_closes_after_its_end": gettext_noop("Rammen for %(year)s kan først lukkes, når året er slut."),
    }
    plain = {name: _plainly(name, text, CLOSED, year=str(year)) for name, text in sentences.items()}
    with _saying_why(plain), transaction.atomic():
        _record(FrameEventKind.CLOSED, frame_year, on=on, at=at, by=by, role=role, reason=_reason(reason))
    return _frame_year(year)


# What cases hold of it.


def commit(
    year: int,
    *,
    case_reference: str,
    money: Money,
    amount: Decimal,
    key: str,
    on: datetime.date,
    by: Actor,
    legal_basis: str,
    reason: str,
    at: datetime.datetime | None = None,
) -> Entry:
    """Charge a commitment (tilsagn) to the frame of the year it is given in (C1, C2).

    Errors: NotAllowed; RuleBroken with the remaining amount when the frame or its rent part cannot hold it, when the
    year is closed, has no frame, or is not the year of the decision, or when the key stands for something else.
    """
    frame_year = _frame_year(year)
    return _post(
        Entry(frame_year=frame_year, kind=EntryKind.COMMIT, money=money, amount=_amount(amount)),
        allocation=(case_reference, money),
        key=key,
        on=on,
        by=by,
        legal_basis=legal_basis,
        reason=reason,
        at=at,
    )


def release(
    year: int,
    *,
    case_reference: str,
    money: Money,
    amount: Decimal,
    key: str,
    on: datetime.date,
    by: Actor,
    legal_basis: str,
    reason: str,
    at: datetime.datetime | None = None,
) -> Entry:
    """Give back to the year what a case holds of it and will not use: lapsed, revoked or unspent.

    `year` is the year the money was committed in, whenever it is given back; `amount` is positive.
    Errors: NotAllowed; RuleBroken when the case holds less, the year is closed, or the key stands for something else.
    """
    frame_year = _frame_year(year)
    return _post(
        Entry(frame_year=frame_year, kind=EntryKind.RELEASE, money=money, amount=-_amount(amount)),
        allocation=(case_reference, money),
        key=key,
        on=on,
        by=by,
        legal_basis=legal_basis,
        reason=reason,
        at=at,
    )


def reverse(
    entry: Entry,
    *,
    key: str,
    on: datetime.date,
    by: Actor,
    legal_basis: str,
    reason: str,
    at: datetime.datetime | None = None,
) -> Entry:
    """Put a mistaken commitment or release right by its mirror image; an entry is reversed at most once.

    Errors: NotAllowed; RuleBroken when the entry is reversed already or is none of the two, when the frame or the case
    cannot take it back, or when the key stands for something else.
    """
    return _post(
        Entry(
            frame_year=entry.frame_year,
            allocation=entry.allocation,
            kind=EntryKind.REVERSAL,
            money=entry.money,
            amount=-entry.amount,
            reverses=entry,
        ),
        key=key,
        on=on,
        by=by,
        legal_basis=legal_basis,
        reason=reason,
        at=at,
    )


def carry_over(
    from_year: int,
    amount: Decimal,
    *,
    key: str,
    on: datetime.date,
    by: Actor,
    reason: str,
    legal_basis: str = CARRIED,
    at: datetime.datetime | None = None,
) -> tuple[Entry, Entry]:
    """Move unused money to the following year: two entries, out and in, in one act (R6, C6).

    Errors: NotAllowed; RuleBroken when less is unused, the following year has no open frame, or the key stands for
    something else.
    """
    _role(by, Act.MANAGE)
    source, target = _frame_year(from_year), _frame_year(from_year + 1)
    moved, pair = _amount(amount), uuid.uuid4()
    with transaction.atomic():
        out, arrived = (
            _post(
                Entry(frame_year=frame_year, kind=kind, amount=signed, pair=pair),
                key=f"{key}:{end}",
                on=on,
                by=by,
                legal_basis=legal_basis,
                reason=reason,
                at=at,
            )
            for frame_year, kind, signed, end in (
                (source, EntryKind.CARRY_OUT, -moved, "out"),
                (target, EntryKind.CARRY_IN, moved, "in"),
            )
        )
    return out, arrived


# How a posting is made.


def _post(
    entry: Entry,
    *,
    key: str,
    on: datetime.date,
    by: Actor,
    legal_basis: str,
    reason: str,
    at: datetime.datetime | None,
    allocation: tuple[str, Money] | None = None,
) -> Entry:
    """Insert the entry, or find the one its key stands for."""
    entry.role = _role(by, Act.POST)
    entry.by, entry.organisation = by.user, by.organisation
    entry.key, entry.decided_on, entry.at = key, on, at or timezone.now()
    entry.legal_basis, entry.reason = legal_basis, _reason(reason)
    if posted := _posted(entry, allocation):
        return posted
    try:
        with _saying_why(_refusals(entry)), transaction.atomic():
            if allocation:
                case_reference, money = allocation
                entry.allocation, _ = Allocation.objects.get_or_create(
                    frame_year=entry.frame_year, case_reference=case_reference, money=money
                )
            entry.save(force_insert=True)
    except RuleBroken:
        # Perhaps the same act was posted in the same moment, and the unique key let only one of the two through.
        if posted := _posted(entry, allocation):
            return posted
        raise
    return entry


def _posted(entry: Entry, allocation: tuple[str, Money] | None) -> Entry | None:
    """The entry that stands under this key, if any.

    Errors: RuleBroken when it is about something else.
    """
    first = Entry.objects.with_names().filter(key=entry.key).first()
    if first is None:
        return None
    case = (first.allocation.case_reference, first.money) if first.allocation else None
    wanted = (entry.allocation.case_reference, entry.money) if entry.allocation else allocation
    is_same = (
        (first.kind, first.frame_year_id, first.amount, first.decided_on, first.reverses_id)
        == (entry.kind, entry.frame_year_id, entry.amount, entry.decided_on, entry.reverses_id)
    ) and case == wanted
    if not is_same:
        raise RuleBroken([Violation("key_reused", KEY_REUSED, FRAME, params={"key": entry.key})])
    return first


def _record(
    event: FrameEventKind,
    frame_year: FrameYear,
    *,
    on: datetime.date,
    at: datetime.datetime | None,
    by: Actor,
    role: Role,
    **facts: Any,
) -> None:
    """Write the event; for regulation and closing a trigger carries it out on the year's row."""
    FrameYearEvent.objects.create(
        event=event,
        frame_year=frame_year,
        happened_on=on,
        at=at or timezone.now(),
        user=by.user,
        organisation=by.organisation,
        role=role,
        **facts,
    )


# What is asked of what comes in.


def _role(by: Actor, act: Act) -> Role:
    """The role the act is done in.

    Errors: NotAllowed.
    """
    if role := role_for(by, act):
        return role
    raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til at bogføre på rammen."), "")])


def _amount(amount: Decimal, *, may_be_zero: bool = False) -> Decimal:
    """The amount in kroner and øre.

    Errors: RuleBroken unless it is positive, whole in øre and below a thousand billion.
    """
    is_large_enough = amount.is_finite() and (amount > ZERO or (may_be_zero and amount == ZERO))
    if not is_large_enough or amount > LARGEST or amount != amount.quantize(ORE):
        text = gettext_noop("Et beløb på rammen skal være større end 0 kr. og angives i hele øre.")
        raise RuleBroken([Violation("amount_invalid", text, FRAME, field="amount")])
    return amount


def _reason(reason: str) -> str:
    if not reason.strip():
        raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
    return reason


def _frame_year(year: int) -> FrameYear:
    """The year's frame.

    Errors: RuleBroken when there is none (G4).
    """
    try:
        return FrameYear.objects.numbered(year)
    except FrameYear.DoesNotExist:
        text = gettext_noop("Der er ingen ramme for %(year)s.")
        raise RuleBroken(
            [Violation("no_frame", text, "Almenboligloven § 91 a, stk. 1; R1, G4", params={"year": str(year)})]
        ) from None


# What the database refuses, in words.


@contextlib.contextmanager
def _saying_why(sentences: Mapping[str, Sentence]) -> Iterator[None]:
    """Turn the database's refusal into RuleBroken: the constraint's name chooses the sentence, its detail fills it."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, psycopg.Error):
            raise
        diagnosis = error.__cause__.diag
        sentence = sentences.get(diagnosis.constraint_name or "")
        if sentence is None:
            raise
        raise RuleBroken([sentence(diagnosis.message_detail or "")]) from error


def _plainly(code: str, text: str, basis: str, **facts: str) -> Sentence:
    """A sentence that needs nothing from the database."""
    return lambda _: Violation(code, text, basis, params=facts)


def _with_what_is_left(code: str, text: str, basis: str, **facts: str) -> Sentence:
    """A sentence that names the amount the database reports as remaining."""
    return lambda left: Violation(code, text, basis, params={**facts, "left": kroner(Decimal(left))})


def _refusals(entry: Entry) -> dict[str, Sentence]:
    """What may stand in the way of this entry."""
    year, moved = str(entry.frame_year.year), kroner(abs(entry.amount))
    not_held = gettext_noop("Sagen har %(left)s af rammen for %(year)s. En nedsættelse på %(amount)s kan ikke rummes.")
    closed = gettext_noop("Rammen for %(year)s er lukket. Der kan kun overføres penge fra den.")
    other_year = gettext_noop("Et tilsagn, der gives den %(day)s, kan ikke bogføres på rammen for %(year)s.")
    reversed_already = gettext_noop("Posteringen er allerede tilbageført.")
    not_reversible = gettext_noop("Kun tilsagn og frigivelser kan tilbageføres.")
    whole = CARRIED if entry.kind == EntryKind.CARRY_OUT else FRAME
    return {
        "frame_year_not_overspent": _with_what_is_left("frame_exceeded", _too_much(entry), whole, year=year, amount=moved),
        "frame_year_rent_not_overspent": _with_what_is_left(
            "rent_frame_exceeded", _too_much_rent(entry), RENT_PART, year=year, amount=moved
        ),
        "frame_year_open": _plainly("year_closed", closed, CLOSED, year=year),
        "entry_charges_the_year_of_its_decision": _plainly(
            "other_year", other_year, FRAME, year=year, day=long_date(entry.decided_on)
        ),
        "allocation_not_negative": _with_what_is_left("more_than_held", not_held, FRAME, year=year, amount=moved),
        "ledger_entry_reverses_id_key": _plainly("reversed_already", reversed_already, FRAME),
        "entry_reversal_mirrors_its_original": _plainly("not_reversible", not_reversible, FRAME),
        "entry_key_posted_once": _plainly("key_reused", KEY_REUSED, FRAME, key=entry.key),
    }


def _too_much(entry: Entry) -> str:
    if entry.kind == EntryKind.CARRY_OUT:
        return gettext_noop("Rammen for %(year)s har %(left)s tilbage. En overførsel på %(amount)s kan ikke rummes.")
    if entry.kind == EntryKind.COMMIT:
        return gettext_noop("Rammen for %(year)s har %(left)s tilbage. Tilsagnet på %(amount)s kan ikke rummes.")
    return gettext_noop("Rammen for %(year)s har %(left)s tilbage. Posteringen på %(amount)s kan ikke rummes.")


def _too_much_rent(entry: Entry) -> str:
    if entry.money in RENT_MONEY and entry.kind == EntryKind.COMMIT:
        return gettext_noop("Lejedelen af rammen for %(year)s har %(left)s tilbage. Tilsagnet på %(amount)s kan ikke rummes.")
    return gettext_noop("Lejedelen af rammen for %(year)s har %(left)s tilbage. Posteringen på %(amount)s kan ikke rummes.")
