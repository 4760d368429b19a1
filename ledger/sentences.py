"""What the database refuses, in words: the constraint's name chooses the sentence, the error's detail fills it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

import psycopg
from django.db import IntegrityError

from lbf_portal.lib.danish import kroner, long_date
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger.kinds import RENT_MONEY, EntryKind, FrameKind
from ledger.models import Entry

FRAME = "Almenboligloven § 91 a, stk. 1; R2, C1"
EXTRA = "Almenboligloven § 91 a, stk. 5; R15, C4"
RENT_PART = "Almenboligloven § 91 a, stk. 2; R8, C2"
CARRIED = "Almenboligloven § 91 a, stk. 1; R6, C6"
CARRIED_AGAIN = "Almenboligloven § 91 a, stk. 1; R6, Q4"
REGULATED = "Almenboligloven § 91 a, stk. 1; R7, C5"
PARTS = "Almenboligloven § 91 a, stk. 2; R8, R9, C3"
CLOSED = "Almenboligloven § 91 a, stk. 1; R6, G2"

KEY_REUSED = gettext_noop("Der er allerede bogført noget andet under %(key)s. Intet er bogført nu.")

# Makes the sentence out of what the database says in detail: the amount that is left.
Sentence = Callable[[str], Violation]


@contextlib.contextmanager
def saying_why(sentences: Mapping[str, Sentence]) -> Iterator[None]:
    """Turn the database's refusal into RuleBroken."""
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


def plainly(code: str, text: str, basis: str, **facts: str) -> Sentence:
    """A sentence that needs nothing from the database."""
    return lambda _: Violation(code, text, basis, params=facts)


def with_what_is_left(code: str, text: str, basis: str, **facts: str) -> Sentence:
    """A sentence that names the amount the database reports as remaining."""
    return lambda left: Violation(code, text, basis, params={**facts, "left": kroner(Decimal(left))})


def of_opening(year: int) -> dict[str, Sentence]:
    """What may stand in the way of opening a year."""
    exists = gettext_noop("Rammen for %(year)s er allerede åbnet.")
    outside = gettext_noop("%(year)s ligger uden for bevillingsperioden. Rammen kan kun få penge ved overførsel fra året før.")
    beyond = gettext_noop("%(year)s ligger uden for bevillingsperioden og det år, der følger efter den.")
    historic = gettext_noop("Bevillingsperioden er historisk og har ingen rammer i portalen.")
    parts = gettext_noop("Tomgangslejen skal ligge inden for lejedelen, og lejedelen inden for hele rammen.")
    all_rent = gettext_noop("Den ekstra ramme er til huslejenedsættelse alene.")
    stands = str(year)
    return {
        "frame_year_opened_once": plainly("year_exists", exists, FRAME, year=stands),
        "frame_year_money_within_period": plainly("year_outside_period", outside, CARRIED, year=stands),
        "frame_year_within_period": plainly("year_beyond_period", beyond, CARRIED, year=stands),
        "frame_year_of_its_periods_kind": plainly("period_is_history", historic, FRAME),
        "frame_year_parts_within_whole": plainly("parts_exceed_whole", parts, PARTS),
        "frame_year_extra_is_all_rent": plainly("extra_is_all_rent", all_rent, EXTRA),
    }


def of_regulating(year: int) -> dict[str, Sentence]:
    """What may stand in the way of a regulation."""
    texts = {
        "frame_year_open": gettext_noop("Rammen for %(year)s er lukket og kan ikke reguleres."),
        "frame_year_not_overspent": gettext_noop("Der er givet flere tilsagn i %(year)s, end det regulerede beløb kan rumme."),
        "frame_year_rent_not_overspent": gettext_noop(
            "Der er givet flere tilsagn til husleje i %(year)s, end det regulerede beløb kan rumme."
        ),
        "frame_year_regulated_within_twice_base": gettext_noop(
            "Det regulerede beløb for %(year)s er mere end det dobbelte af grundbeløbet. Kontrollér, om der er et nul for meget."
        ),
        "frame_year_regulated_with_document": gettext_noop("Lejedelen for %(year)s skal ligge inden for det regulerede beløb."),
        "frame_year_extra_is_all_rent": gettext_noop("Den ekstra ramme for %(year)s er til husleje alene: skriv samme beløb."),
    }
    return {name: plainly(name, text, REGULATED, year=str(year)) for name, text in texts.items()}


def of_closing(year: int) -> dict[str, Sentence]:
    """What may stand in the way of closing a year."""
    closed = gettext_noop("Rammen for %(year)s er allerede lukket.")
    texts = {
        "frame_year_open": closed,
        "frame_year_opened_and_closed_once": closed,
        "frame_year_closes_after_its_end": gettext_noop("Rammen for %(year)s kan først lukkes, når året er slut."),
    }
    return {name: plainly(name, text, CLOSED, year=str(year)) for name, text in texts.items()}


def of_entry(entry: Entry) -> dict[str, Sentence]:
    """What may stand in the way of this entry."""
    year, moved = str(entry.frame_year.year), kroner(abs(entry.amount))
    is_extra = entry.frame_year.kind == FrameKind.EXTRA_RENT
    whole = CARRIED if entry.kind == EntryKind.CARRY_OUT else EXTRA if is_extra else FRAME
    not_held = gettext_noop("Sagen har %(left)s af rammen for %(year)s. En nedsættelse på %(amount)s kan ikke rummes.")
    other_year = gettext_noop("Et tilsagn, der gives den %(day)s, kan ikke bogføres på rammen for %(year)s.")
    reversed_already = gettext_noop("Posteringen er allerede tilbageført.")
    not_reversible = gettext_noop("Kun tilsagn og frigivelser kan tilbageføres.")
    extra_only = gettext_noop("Af den ekstra ramme for %(year)s kan der kun gives tilsagn til huslejenedsættelse.")
    again = gettext_noop(
        "Af rammen for %(year)s kan %(left)s overføres uden videre. Resten er selv overført hertil fra året før; at føre den"
        " videre kræver en særskilt beslutning fra økonomi."
    )
    rule_changed = gettext_noop("Rammen for %(year)s er lukket, eller reglen for frigivne beløb er ændret imens. Prøv igen.")
    closed_now = gettext_noop("En af rammerne er blevet lukket imens. Intet er bogført. Prøv igen.")
    return {
        "entry_act_leaves_closed_years_alone": plainly("year_closed_meanwhile", closed_now, CLOSED),
        "frame_year_not_overspent": with_what_is_left("frame_exceeded", _too_much(entry), whole, year=year, amount=moved),
        "frame_year_rent_not_overspent": with_what_is_left(
            "rent_frame_exceeded", _too_much_rent(entry), RENT_PART, year=year, amount=moved
        ),
        "frame_year_open": lambda _: Violation("year_closed", _closed(entry), CLOSED, params={"year": year}),
        "entry_charges_the_year_of_its_decision": plainly(
            "other_year", other_year, FRAME, year=year, day=long_date(entry.decided_on)
        ),
        "entry_money_fits_its_frame": plainly("extra_frame_is_rent", extra_only, EXTRA, year=year),
        "entry_carried_again_by_decision": with_what_is_left("carried_again", again, CARRIED_AGAIN, year=year),
        "entry_withheld_as_the_rule_says": plainly("release_rule_changed", rule_changed, CLOSED, year=year),
        "allocation_not_negative": with_what_is_left("more_than_held", not_held, FRAME, year=year, amount=moved),
        "ledger_entry_reverses_id_key": plainly("reversed_already", reversed_already, FRAME),
        "entry_reversal_mirrors_its_original": plainly("not_reversible", not_reversible, FRAME),
        "entry_key_posted_once": plainly("key_reused", KEY_REUSED, FRAME, key=entry.key),
    }


def _closed(entry: Entry) -> str:
    """Carrying on is spoken of only where the frame has a following year; that is asked when something is refused, not before."""
    if not entry.frame_year.is_followed:
        if entry.kind == EntryKind.RELEASE:
            return gettext_noop("Rammen for %(year)s er lukket og tager ikke imod frigivne beløb.")
        return gettext_noop("Rammen for %(year)s er lukket.")
    if entry.kind == EntryKind.RELEASE:
        return gettext_noop(
            "Rammen for %(year)s er lukket og tager ikke imod frigivne beløb. Økonomi kan beslutte at frigive beløbet og"
            " overføre det til det første åbne år."
        )
    return gettext_noop("Rammen for %(year)s er lukket. Der kan kun overføres penge fra den.")


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
