"""The only writer of the ledger: open, regulate and close a year; commit, release, reverse, carry over; reserve.

Every posting names its act by a `key`: posted again with the same key and content it returns the first entry, so a
retried task or a double click costs nothing. `on` is the day of the decision, `at` the moment of posting (now). What
the database refuses is raised as `RuleBroken`, with the remaining amount named and after a savepoint, so that the
caller's transaction goes on and can tell the person.

A posting by hand has four eyes: `by` is whose posting it is, `seconded_by` the other person who approved it. Commitments,
and releases that follow from what a case decides, have the case's own.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import sentences
from ledger.inserting import insert_for_case
from ledger.kinds import EntryKind, FrameEventKind, FrameKind, Money, ReleaseCause, Reuse
from ledger.models import Entry, FrameYear, FrameYearEvent, GrantPeriod, ReleaseRule, Reservation
from ledger.permissions import Act, role_for
from ledger.positions import ZERO
from ledger.sentences import CARRIED, CARRIED_AGAIN, CLOSED, EXTRA, FRAME, KEY_REUSED, REGULATED, saying_why

LARGEST = Decimal("999999999999.99")
ORE = Decimal("0.01")


# The year's frame.


def add_period(
    code: str,
    name: str,
    *,
    first_year: int,
    last_year: int,
    by: Actor,
    frame: FrameKind | None = FrameKind.ORDINARY,
    legal_basis: str = "Almenboligloven § 91 a",
    annual_total: Decimal | None = None,
    annual_rent: Decimal | None = None,
    note: str = "",
    source: str = "",
) -> GrantPeriod:
    """Register the years that one act gives money for (R1); the same again returns the first.

    A period without a `frame` is history: its annual amounts are information, and it has no frames in the portal.
    """
    _role(by, Act.OPEN)
    period, _ = GrantPeriod.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "first_year": first_year,
            "last_year": last_year,
            "frame": frame or "",
            "legal_basis": legal_basis,
            "annual_total": annual_total,
            "annual_rent": annual_rent,
            "note": note,
            "source": source,
        },
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
    seconded_by: Actor | None = None,
    reason: str = "",
    key: str = "",
    at: datetime.datetime | None = None,
) -> FrameYear:
    """Open the frame of a year with its base amounts (R2, R8, R9); which frame it is, its period says (C4).

    The portal opens what the act itself gives; by hand it takes two persons. The year after the period has no money of
    its own and is fed by carry-over only (G4): its base amounts are 0.
    Errors: NotAllowed; RuleBroken when the year is open already, has money outside its period or lies beyond it.
    """
    role = _role(by, Act.OPEN)
    if key and (done := _done(key, FrameEventKind.OPENED, year, FrameKind(period.frame))):
        return done
    with saying_why(sentences.of_opening(year)), transaction.atomic():
        frame_year = FrameYear.objects.create(
            period=period,
            # A historic period has no kind of frame, and the database says so.
            kind=period.frame or FrameKind.ORDINARY,
            year=year,
            base_total=base_total,
            base_rent=base_rent,
            base_vacancy=base_vacancy,
        )
        second = None if by.is_system else _second(by, seconded_by)
        _record(FrameEventKind.OPENED, frame_year, on=on, at=at, by=by, second=second, role=role, reason=reason, key=key)
    return frame_year


def regulate(
    year: int,
    *,
    total: Decimal,
    rent: Decimal,
    document: str,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    reason: str,
    frame: FrameKind = FrameKind.ORDINARY,
    key: str = "",
    at: datetime.datetime | None = None,
) -> FrameYear:
    """Type in the year's regulated amounts with the document that states them (R7, C5; never computed, Q3).

    Regulated again, the latest amounts count; the earlier ones stay on record.
    Errors: NotAllowed; RuleBroken when the year is closed or already holds more commitments than the amounts allow.
    """
    role, second = _role(by, Act.MANAGE), _second(by, seconded_by)
    frame_year = _frame_year(year, frame)
    if not document.strip():
        raise RuleBroken(
            [Violation("document_missing", gettext_noop("Angiv dokumentet for reguleringen."), REGULATED, "document")]
        )
    if key and (done := _done(key, FrameEventKind.REGULATED, year, frame)):
        return done
    with saying_why(sentences.of_regulating(year)), transaction.atomic():
        _record(
            FrameEventKind.REGULATED,
            frame_year,
            on=on,
            at=at,
            by=by,
            second=second,
            role=role,
            reason=_reason(reason),
            key=key,
            total=_amount(total),
            rent=_amount(rent, may_be_zero=True),
            document=document.strip(),
        )
    return _frame_year(year, frame)


def close_year(
    year: int,
    *,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    reason: str,
    frame: FrameKind = FrameKind.ORDINARY,
    key: str = "",
    at: datetime.datetime | None = None,
) -> FrameYear:
    """Close a year that is over; from now on only carry-over leaves it (G2).

    Errors: NotAllowed; RuleBroken when it is closed already or not yet over.
    """
    role, second = _role(by, Act.MANAGE), _second(by, seconded_by)
    frame_year = _frame_year(year, frame)
    if key and (done := _done(key, FrameEventKind.CLOSED, year, frame)):
        return done
    with saying_why(sentences.of_closing(year)), transaction.atomic():
        _record(
            FrameEventKind.CLOSED,
            frame_year,
            on=on,
            at=at,
            by=by,
            second=second,
            role=role,
            reason=_reason(reason),
            key=key,
        )
    return _frame_year(year, frame)


def settle_year(
    year: int,
    *,
    key: str,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    reason: str,
    frame: FrameKind = FrameKind.ORDINARY,
    at: datetime.datetime | None = None,
) -> FrameYear:
    """The year's end: carry over what may be carried without a decision (R6, Q4), then close; again changes nothing.

    What was carried in and is still unused stays in the year, until finance decides on it.
    Errors: as `carry_over` and `close_year`.
    """
    _role(by, Act.MANAGE)
    if done := _done(f"{key}:close", FrameEventKind.CLOSED, year, frame):
        return done
    with transaction.atomic():
        rest = _frame_year(year, frame).position.carriable
        if rest:
            carry_over(
                year,
                rest,
                key=f"{key}:carry",
                on=on,
                by=by,
                seconded_by=seconded_by,
                reason=reason,
                frame=frame,
                at=at,
            )
        return close_year(year, on=on, by=by, seconded_by=seconded_by, reason=reason, frame=frame, key=f"{key}:close", at=at)


def set_release_rule(
    period: GrantPeriod,
    rule: Reuse,
    *,
    valid_from: datetime.date,
    source: str,
    key: str,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    reason: str,
    at: datetime.datetime | None = None,
) -> ReleaseRule:
    """Decide whether and where money released in the period may be used again, from a day on; never backwards.

    Errors: NotAllowed; RuleBroken when the rule would reach back, or says neither whence nor why.
    """
    role, second = _role(by, Act.MANAGE), _second(by, seconded_by)
    assert by.user is not None  # people alone hold these roles
    assert second.user is not None
    if done := ReleaseRule.objects.filter(key=key).first():
        return done
    back = gettext_noop("Reglen kan tidligst gælde fra den dag, den er besluttet.")
    unsaid = gettext_noop("Skriv, hvor reglen kommer fra.")
    refusals = {
        "release_rule_does_not_reach_back": sentences.plainly("rule_reaches_back", back, CLOSED),
        "release_rule_says_why": sentences.plainly("source_missing", unsaid, CLOSED),
    }
    with saying_why(refusals), transaction.atomic():
        return ReleaseRule.objects.create(
            period=period,
            rule=rule,
            valid_from=valid_from,
            source=source.strip(),
            decided_on=on,
            key=key,
            by=by.user,
            seconded_by=second.user,
            role=role,
            organisation=by.organisation,
            at=at or timezone.now(),
            reason=_reason(reason),
        )


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
    frame: FrameKind = FrameKind.ORDINARY,
    at: datetime.datetime | None = None,
) -> Entry:
    """Charge a commitment (tilsagn) to the frame of the year it is given in (C1, C2); it ends the case's reservation.

    Errors: NotAllowed; RuleBroken with the remaining amount when the frame or its rent part cannot hold it, when the
    year is closed, has no frame, or is not the year of the decision, or when the key stands for something else.
    """
    return _post(
        # The statement that posts finds the year itself.
        Entry(frame_year=FrameYear(year=year, kind=frame), kind=EntryKind.COMMIT, money=money, amount=_amount(amount)),
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
    cause: ReleaseCause,
    key: str,
    on: datetime.date,
    by: Actor,
    legal_basis: str,
    reason: str,
    seconded_by: Actor | None = None,
    frame: FrameKind = FrameKind.ORDINARY,
    at: datetime.datetime | None = None,
) -> Entry:
    """Give back to the year what a case holds of it and will not use: lapsed, revoked or unspent.

    `year` is the year the money was committed in, whenever it is given back; `amount` is positive. Whether it may be used
    again, the period's rule says (`ReleaseRule`). `seconded_by` for a release by hand, outside what a case decides.
    Errors: NotAllowed; RuleBroken when the case holds less, the year is closed and its rule sends the money on
    (`release_by_carry_over`), or the key stands for something else.
    """
    frame_year = _frame_year(year, frame)
    return _post(
        Entry(
            frame_year=frame_year,
            kind=EntryKind.RELEASE,
            cause=cause,
            money=money,
            amount=-_amount(amount),
            is_withheld=_is_withheld(frame_year, on),
        ),
        allocation=(case_reference, money),
        act=Act.CORRECT if seconded_by else Act.POST,
        key=key,
        on=on,
        by=by,
        seconded_by=seconded_by,
        legal_basis=legal_basis,
        reason=reason,
        at=at,
    )


def release_by_carry_over(
    year: int,
    *,
    case_reference: str,
    money: Money,
    amount: Decimal,
    cause: ReleaseCause,
    decision: str,
    key: str,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    legal_basis: str,
    reason: str,
    frame: FrameKind = FrameKind.ORDINARY,
    at: datetime.datetime | None = None,
) -> list[Entry]:
    """Give back what a case holds of a closed year, and carry it year by year to the first open one: one act, all or none.

    What the closed years have left stays as it is. `decision` is finance's own (text or document), kept on every entry.
    Errors: NotAllowed; RuleBroken when the year is open, no later year is, the period's rule keeps released money where it
    is, the case holds less, or the key stands for something else.
    """
    _role(by, Act.MANAGE)
    _second(by, seconded_by)
    source = _frame_year(year, frame)
    if not decision.strip():
        text = gettext_noop("Skriv økonomis beslutning, eller hvor den står.")
        raise RuleBroken([Violation("decision_missing", text, CARRIED_AGAIN, field="decision")])
    given_back = Entry(
        frame_year=source, kind=EntryKind.RELEASE, cause=cause, money=money, amount=-_amount(amount), act=uuid.uuid4()
    )
    how: dict[str, Any] = {
        "on": on,
        "by": by,
        "seconded_by": seconded_by,
        "reason": reason,
        "decision": decision.strip(),
        "at": at,
    }
    given_back.key, given_back.decided_on = key, on
    if posted := _posted(given_back, (case_reference, money)):
        return list(Entry.objects.with_names().filter(act=posted.act).order_by("pk"))
    years = _to_first_open(source)
    with saying_why(sentences.of_entry(given_back)), transaction.atomic():
        posted = _post(given_back, act=Act.MANAGE, allocation=(case_reference, money), key=key, legal_basis=legal_basis, **how)
        hops = [
            entry
            for left, reached in itertools.pairwise(years)
            for entry in _carry(left, reached, posted.amount, key=f"{key}:{left.year}", whole=posted.act, **how)
        ]
        _settle_acts()
    return [posted, *hops]


def reverse(
    entry: Entry,
    *,
    key: str,
    on: datetime.date,
    by: Actor,
    seconded_by: Actor | None,
    legal_basis: str,
    reason: str,
    at: datetime.datetime | None = None,
) -> Entry:
    """Put a mistaken commitment or release right by its mirror image; an entry is reversed at most once.

    Errors: NotAllowed; RuleBroken when the entry is reversed already or is none of the two, when the frame or the case
    cannot take it back, or when the key stands for something else.
    """
    _role(by, Act.CORRECT)
    _second(by, seconded_by)
    if entry.kind not in {EntryKind.COMMIT, EntryKind.RELEASE}:
        raise RuleBroken([sentences.of_entry(entry)["entry_reversal_mirrors_its_original"]("")])
    if entry.act:
        text = gettext_noop(
            "Frigivelsen er bogført sammen med en overførsel til %(arrives)s og kan ikke tilbageføres alene. Pengene er i rammen"
            " for %(arrives)s og kan gives derfra."
        )
        raise RuleBroken([Violation("part_of_act", text, CARRIED, params={"arrives": str(entry.arrives_in)}, field="entry")])
    return _post(
        Entry(
            frame_year=entry.frame_year,
            allocation=entry.allocation,
            kind=EntryKind.REVERSAL,
            money=entry.money,
            amount=-entry.amount,
            is_withheld=entry.is_withheld,
            reverses=entry,
        ),
        act=Act.CORRECT,
        key=key,
        on=on,
        by=by,
        seconded_by=seconded_by,
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
    seconded_by: Actor | None,
    reason: str,
    decision: str = "",
    legal_basis: str = CARRIED,
    frame: FrameKind = FrameKind.ORDINARY,
    at: datetime.datetime | None = None,
) -> tuple[Entry, Entry]:
    """Move unused money to the following year of the same frame: two entries, out and in, in one act (R6, C6).

    Money that was itself carried in goes on by a `decision` of finance alone (Q4). Carried money counts as used first, so
    the year's own unused money is what may go without (`Position.carriable`).
    Errors: NotAllowed; RuleBroken when less is unused, a decision is needed, the following year has no open frame, or the
    key stands for something else.
    """
    _role(by, Act.MANAGE)
    _second(by, seconded_by)
    source, target = _frame_year(from_year, frame), _frame_year(from_year + 1, frame)
    with transaction.atomic():
        return _carry(
            source,
            target,
            -_amount(amount),
            key=key,
            on=on,
            by=by,
            seconded_by=seconded_by,
            reason=reason,
            decision=decision.strip(),
            legal_basis=legal_basis,
            at=at,
        )


def takes_back(year: int, *, on: datetime.date, frame: FrameKind = FrameKind.ORDINARY) -> bool:
    """Whether money of the year can be released: it is open, or the period's rule keeps what is released where it is.

    Errors: RuleBroken when there is no such frame.
    """
    frame_year = _frame_year(year, frame)
    return frame_year.closed_on is None or _is_withheld(frame_year, on)


# What cases are expected to take.


def reserve(
    year: int,
    *,
    case_reference: str,
    money: Money,
    amount: Decimal,
    on: datetime.date,
    by: Actor,
    note: str = "",
    frame: FrameKind = FrameKind.ORDINARY,
) -> Reservation:
    """Expect an amount of the year for a prequalified case: no commitment, and no ceiling. Again it replaces the first.

    Errors: NotAllowed; RuleBroken when there is no such frame, or the money is not what the frame is for.
    """
    _role(by, Act.RESERVE)
    frame_year = _frame_year(year, frame)
    if frame == FrameKind.EXTRA_RENT and money != Money.RENT:
        text = gettext_noop("Den ekstra ramme er til huslejenedsættelse alene.")
        raise RuleBroken([Violation("extra_frame_is_rent", text, EXTRA, field="money")])
    with _kept_with_who(by):
        reservation, _ = Reservation.objects.update_or_create(
            case_reference=case_reference,
            money=money,
            defaults={"frame_year": frame_year, "amount": _amount(amount), "reserved_on": on, "note": note.strip()},
        )
    return reservation


def unreserve(case_reference: str, *, by: Actor, money: Money | None = None) -> int:
    """Expect nothing more for the case, of this money or of any; return how many reservations ended."""
    _role(by, Act.RESERVE)
    of_case = Reservation.objects.filter(case_reference=case_reference)
    with _kept_with_who(by):
        ended, _ = (of_case.filter(money=money) if money else of_case).delete()
    return ended


@contextlib.contextmanager
def _kept_with_who(by: Actor) -> Iterator[None]:
    """Versions of the rows say who made them."""
    who = {"user": by.user.pk if by.user else None, "organisation": by.organisation.pk if by.organisation else None}
    with transaction.atomic(), pghistory.context(**who):
        yield


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
    act: Act = Act.POST,
    seconded_by: Actor | None = None,
    decision: str = "",
    allocation: tuple[str, Money] | None = None,
) -> Entry:
    """Insert the entry, or find the one its key stands for."""
    entry.role = _role(by, act)
    entry.by, entry.organisation = by.user, by.organisation
    entry.seconded_by = _second(by, seconded_by).user if seconded_by else None
    entry.key, entry.decided_on, entry.at = key, on, at or timezone.now()
    entry.legal_basis, entry.reason, entry.decision = legal_basis, _reason(reason), decision
    try:
        with saying_why(sentences.of_entry(entry)), _apart():
            if allocation is None:
                entry.save(force_insert=True)
            elif not insert_for_case(entry, *allocation):
                raise _no_frame(entry.frame_year.year, FrameKind(entry.frame_year.kind))
    except RuleBroken:
        # Perhaps the act is posted already: the unique key is asked before anything else, so the ledger says it first.
        if posted := _posted(entry, allocation):
            return posted
        raise
    return entry


def _apart() -> contextlib.AbstractContextManager[object]:
    """So that a refusal leaves the caller's transaction as it was; a statement that stands alone needs no savepoint."""
    return transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext()


def _carry(
    source: FrameYear, target: FrameYear, signed: Decimal, *, key: str, whole: uuid.UUID | None = None, **how: Any
) -> tuple[Entry, Entry]:
    """The two entries of a carry-over: `signed`, which is negative, leaves the one year and arrives in the other."""
    pair, how = uuid.uuid4(), {"legal_basis": CARRIED, **how}
    out = Entry(frame_year=source, kind=EntryKind.CARRY_OUT, amount=signed, pair=pair, act=whole)
    arrived = Entry(frame_year=target, kind=EntryKind.CARRY_IN, amount=-signed, pair=pair, act=whole)
    return (
        _post(out, key=f"{key}:out", act=Act.MANAGE, **how),
        _post(arrived, key=f"{key}:in", act=Act.MANAGE, **how),
    )


def _posted(entry: Entry, allocation: tuple[str, Money] | None) -> Entry | None:
    """The entry that stands under this key, if any.

    Errors: RuleBroken when it is about something else.
    """
    first = Entry.objects.select_related("frame_year", "allocation").filter(key=entry.key).first()
    if first is None:
        return None
    case = (first.allocation.case_reference, first.money) if first.allocation else None
    wanted = (entry.allocation.case_reference, entry.money) if entry.allocation else allocation
    years = [(one.frame_year.kind, one.frame_year.year) for one in (first, entry)]
    if case != wanted or years[0] != years[1] or any(getattr(first, name) != getattr(entry, name) for name in SAME):
        raise RuleBroken([Violation("key_reused", KEY_REUSED, FRAME, params={"key": entry.key})])
    return first


# What two entries of one key must have in common, beside their case and year.
SAME = ("kind", "cause", "amount", "decided_on", "reverses_id")


def _record(
    event: FrameEventKind,
    frame_year: FrameYear,
    *,
    on: datetime.date,
    at: datetime.datetime | None,
    by: Actor,
    second: Actor | None,
    role: Role,
    key: str,
    **facts: Any,
) -> None:
    """Write the event; for regulation and closing a trigger carries it out on the year's row."""
    FrameYearEvent.objects.create(
        event=event,
        frame_year=frame_year,
        happened_on=on,
        at=at or timezone.now(),
        user=by.user,
        seconded_by=second.user if second else None,
        organisation=by.organisation,
        role=role,
        key=key or f"{event}:{uuid.uuid4()}",
        **facts,
    )


def _done(key: str, event: FrameEventKind, year: int, frame: FrameKind) -> FrameYear | None:
    """The year to which this was done already under this key, if it was.

    Errors: RuleBroken when the key stands for something else.
    """
    done = FrameYearEvent.objects.select_related("frame_year__period").filter(key=key).first()
    if done is None:
        return None
    if (done.event, done.frame_year.year, done.frame_year.kind) != (event, year, frame):
        raise RuleBroken([Violation("key_reused", KEY_REUSED, FRAME, params={"key": key})])
    return done.frame_year


def _is_withheld(frame_year: FrameYear, on: datetime.date) -> bool:
    """Whether money released from the year stays unused, by the period's rule on the day; the database asks again."""
    rule = ReleaseRule.objects.rule_on(frame_year.period_id, on)
    return rule == Reuse.NOT_REUSED or (rule == Reuse.SAME_YEAR_ONLY and frame_year.closed_on is not None)


def _to_first_open(source: FrameYear) -> list[FrameYear]:
    """The years from a closed one to the first open one of its frame.

    Errors: RuleBroken when the year is open itself, or none after it is.
    """
    facts = {"year": str(source.year)}
    if source.closed_on is None:
        text = gettext_noop("Rammen for %(year)s er åben. Beløbet frigives i året selv.")
        raise RuleBroken([Violation("year_open", text, CLOSED, params=facts)])
    years = [source]
    for later in FrameYear.objects.of(FrameKind(source.kind)).filter(year__gt=source.year).order_by("year"):
        if later.year != years[-1].year + 1:
            break
        years.append(later)
        if later.closed_on is None:
            return years
    text = gettext_noop("Der er ingen åben ramme efter %(year)s, som beløbet kan overføres til.")
    raise RuleBroken([Violation("no_open_year", text, CLOSED, params=facts)])


def _settle_acts() -> None:
    """Ask the database now, not at commit, whether the act left the closed years as they were: a refusal is a sentence."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS entry_act_leaves_closed_years_alone IMMEDIATE")
        cursor.execute("SET CONSTRAINTS entry_act_leaves_closed_years_alone DEFERRED")


# What is asked of what comes in.


def _role(by: Actor, act: Act) -> Role:
    """The role the act is done in.

    Errors: NotAllowed.
    """
    if role := role_for(by, act):
        return role
    raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til at bogføre på rammen."), "")])


def _second(by: Actor, seconded_by: Actor | None) -> Actor:
    """The other person who approved it (four eyes).

    Errors: NotAllowed when nobody did, or somebody who may not; RuleBroken when it is the same person.
    """
    if seconded_by is None or role_for(seconded_by, Act.SECOND) is None:
        text = gettext_noop("En postering skal godkendes af en økonomimedarbejder eller direktionen.")
        raise NotAllowed([Violation("not_seconded", text, "")])
    if by.user == seconded_by.user:
        text = gettext_noop("En postering skal godkendes af en anden end den, der foreslog den.")
        raise RuleBroken([Violation("same_person", text, "")])
    return seconded_by


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


def _frame_year(year: int, frame: FrameKind) -> FrameYear:
    """The year's frame.

    Errors: RuleBroken when there is none (G4).
    """
    try:
        return FrameYear.objects.get(year=year, kind=frame)
    except FrameYear.DoesNotExist:
        raise _no_frame(year, frame) from None


def _no_frame(year: int, frame: FrameKind) -> RuleBroken:
    text = (
        gettext_noop("Der er ingen ramme for %(year)s.")
        if frame == FrameKind.ORDINARY
        else gettext_noop("Der er ingen ekstra ramme for %(year)s.")
    )
    return RuleBroken([Violation("no_frame", text, "Almenboligloven § 91 a, stk. 1; R1, G4", params={"year": str(year)})])
