"""Entries that the rules do not allow: none can be written while the guards stand, so each says that they did not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from lbf_portal.lib.words import gettext_noop
from ledger.findings import Finding
from ledger.kinds import CARRY_OVER, EntryKind, FrameEventKind, FrameKind, Money, Reuse
from ledger.models import Entry, FrameYear, FrameYearEvent, ReleaseRule
from ledger.querysets import EntryQuerySet

# A posting notes its moment before it waits for the year, so one that overtook a closing seems to come after it.
MEANWHILE = datetime.timedelta(minutes=1)


def findings() -> Iterator[Finding]:
    """All that is wrong with single entries, and with those that belong together."""
    yield from _carry_overs()
    yield from _commitments()
    yield from _reversals()
    yield from _releases()
    yield from _after_closing()
    yield from _unseconded()


def _carry_overs() -> Iterator[Finding]:
    """Out and in are one act: two entries, equal amounts, the following year of the same frame (C4, C6)."""
    year_out = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_OUT))
    year_in = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_IN))
    pairs = (
        Entry.objects.filter(kind__in=CARRY_OVER)
        .order_by()
        .values("pair")
        .annotate(
            entries=Count("pk"),
            total=Sum("amount"),
            year_out=year_out,
            year_in=year_in,
            frames=Count("frame_year__kind", distinct=True),
        )
        .exclude(entries=2, total=0, year_in=F("year_out") + 1, frames=1)
    )
    wording = gettext_noop("Overførsel %(pair)s: de to posteringer svarer ikke til hinanden.")
    for pair in pairs:
        of_pair = list(Entry.objects.filter(pair=pair["pair"]).select_related("frame_year").order_by("pk"))
        first = of_pair[0].frame_year
        yield Finding(
            "carry_over_unequal",
            first.year,
            wording,
            {"pair": str(pair["pair"])},
            FrameKind(first.kind),
            tuple(entry.pk for entry in of_pair),
            about=str(pair["pair"]),
        )


def _commitments() -> Iterator[Finding]:
    """A commitment charges the year of its decision, and of the extra frame rent alone (G2, C4)."""
    misplaced = Q(pk__in=[])
    for pk, year, frame in FrameYear.objects.values_list("pk", "year", "kind"):
        elsewhere = ~Q(decided_on__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))
        mixed = ~Q(money=Money.RENT) if frame == FrameKind.EXTRA_RENT else Q(pk__in=[])
        misplaced |= Q(frame_year=pk) & (elsewhere | mixed)
    wording = gettext_noop("Postering %(entry)s: tilsagnet hører ikke til den ramme, det er bogført på.")
    yield from _each(Entry.objects.filter(misplaced, kind=EntryKind.COMMIT), "commitment_misplaced", wording)


def _reversals() -> Iterator[Finding]:
    """A reversal mirrors its original."""
    mirrored = Q(
        amount=-F("reverses__amount"),
        allocation=F("reverses__allocation"),
        is_withheld=F("reverses__is_withheld"),
    )
    wording = gettext_noop("Postering %(entry)s: tilbageførslen svarer ikke til den postering, den retter.")
    yield from _each(Entry.objects.filter(~mirrored, kind=EntryKind.REVERSAL), "reversal_unequal", wording)


def _releases() -> Iterator[Finding]:
    """A release is withheld exactly when the rule says so that its period had when it was posted (decision 12)."""
    released = Entry.objects.filter(kind=EntryKind.RELEASE, act__isnull=True)
    if ReleaseRule.objects.exists():
        closed_before = Q(closed_at__isnull=False, closed_at__lt=F("at"))
        should_be = Q(rule=Reuse.NOT_REUSED) | (Q(rule=Reuse.SAME_YEAR_ONLY) & closed_before)
        meanwhile = Q(
            rule=Reuse.SAME_YEAR_ONLY,
            closed_at__isnull=False,
            closed_at__range=(F("at") - Value(MEANWHILE), F("at") + Value(MEANWHILE)),
        )
        wrong = (
            _with_closing(_with_rule(released))
            .filter((Q(is_withheld=True) & ~should_be) | (Q(is_withheld=False) & should_be))
            .exclude(meanwhile)
        )
    else:
        wrong = released.filter(is_withheld=True)
    wording = gettext_noop("Postering %(entry)s: frigivelsen følger ikke periodens regel om, hvorvidt pengene kan bruges igen.")
    yield from _each(wrong, "release_against_rule", wording)


def _after_closing() -> Iterator[Finding]:
    """Only carry-over leaves a closed year, and what changes nothing of what it has left (G2; migration 0002)."""
    closings = FrameYearEvent.objects.filter(event=FrameEventKind.CLOSED)
    late = Q(pk__in=[])
    for frame_year, closed_at in closings.values_list("frame_year", "at"):
        late |= Q(frame_year=frame_year, at__gt=closed_at + MEANWHILE)
    may_pass = (
        Q(kind=EntryKind.CARRY_OUT)
        | Q(kind=EntryKind.RELEASE, is_withheld=True)
        | Q(kind__in=[EntryKind.RELEASE, EntryKind.CARRY_IN], act__isnull=False)
    )
    wording = gettext_noop("Postering %(entry)s: den er bogført på et år, der var lukket.")
    yield from _each(Entry.objects.filter(late & ~may_pass), "posted_after_closing", wording)


def _unseconded() -> Iterator[Finding]:
    """What is posted by hand names two different persons (decision 12)."""
    by_hand = ~Q(kind__in=[EntryKind.COMMIT, EntryKind.RELEASE]) | Q(act__isnull=False)
    two = Q(by__isnull=False, seconded_by__isnull=False) & ~Q(seconded_by=F("by"))
    wording = gettext_noop("Postering %(entry)s: den er bogført i hånden, men ikke godkendt af en anden.")
    yield from _each(Entry.objects.filter(by_hand & ~two), "entry_not_seconded", wording)


def _with_closing(entries: EntryQuerySet) -> EntryQuerySet:
    """With the moment in which the entry's year was closed."""
    closings = FrameYearEvent.objects.filter(frame_year=OuterRef("frame_year"), event=FrameEventKind.CLOSED)
    return entries.annotate(closed_at=Subquery(closings.values("at")[:1]))


def _with_rule(entries: EntryQuerySet) -> EntryQuerySet:
    """With the rule that the trigger met; our reading where the period had none."""
    rules = ReleaseRule.objects.filter(
        period=OuterRef("frame_year__period"), valid_from__lte=OuterRef("decided_on"), at__lte=OuterRef("at")
    )
    latest = rules.order_by("-valid_from", "-pk").values("rule")[:1]
    return entries.annotate(rule=Coalesce(Subquery(latest), Value(Reuse.SAME_YEAR_OR_CARRY_OVER.value)))


def _each(entries: EntryQuerySet, code: str, wording: str) -> Iterator[Finding]:
    # Numbers first: with what is shown of them, the plan would walk the index of a million entries.
    numbers = list(entries.order_by().values_list("pk", flat=True))
    for entry in Entry.objects.filter(pk__in=numbers).select_related("frame_year", "allocation").order_by("pk"):
        yield Finding(
            code,
            entry.frame_year.year,
            wording,
            {"entry": str(entry.pk)},
            FrameKind(entry.frame_year.kind),
            (entry.pk,),
            entry.case_reference,
            about=str(entry.pk),
        )
