"""Grant periods, the years' frames, what cases hold of them, and the entries that say how it came about.

Only `ledger.posting` writes here. The database moves the running totals itself, refuses what the law refuses, and gives
the portal's role no right to change or delete anything (migrations/0002_guards.py, docs/decisions/0002-ledger.md).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import DecimalField, F, Q
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Organisation
from accounts.roles import Role
from lbf_portal.lib.danish import kroner
from ledger.kinds import CARRY_OVER, NEGATIVE, POSITIVE, RENT_MONEY, EntryKind, FrameEventKind, Money
from ledger.positions import ZERO, Position
from ledger.querysets import AllocationQuerySet, EntryQuerySet, FrameYearEventQuerySet, FrameYearQuerySet

CEILING = Coalesce("regulated_total", "base_total")
RENT_CEILING = Coalesce("regulated_rent", "base_rent")


def kroner_field(label: Any, **options: Any) -> DecimalField[Any, Any]:
    """Kroner and øre, up to 999.999.999.999,99."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


class GrantPeriod(models.Model):
    """The years one act gives money for (R1; `P2019_26`). Written once: another act is another period."""

    code = models.CharField(_("kode"), max_length=20, unique=True)
    name = models.CharField(_("navn"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("første år"))
    last_year = models.PositiveSmallIntegerField(_("sidste år"))

    class Meta:
        verbose_name = _("bevillingsperiode")
        verbose_name_plural = _("bevillingsperioder")
        constraints = [
            models.CheckConstraint(name="grant_period_ends_after_it_begins", condition=Q(last_year__gte=F("first_year"))),
        ]

    def __str__(self) -> str:
        return self.name


class FrameYear(models.Model):
    """The annual frame (årlig ramme, R2), its rent part (R8) and its running totals.

    The totals are moved by a trigger in the statement that inserts an entry, under the lock of this row, so two people
    deciding at once come one after the other and the second meets what the first one left.
    """

    period = models.ForeignKey(GrantPeriod, on_delete=models.PROTECT, related_name="years", verbose_name=_("bevillingsperiode"))
    year = models.PositiveSmallIntegerField(_("år"))
    base_total = kroner_field(_("grundbeløb"))
    base_rent = kroner_field(_("heraf højst til husleje"))
    base_vacancy = kroner_field(_("heraf afsat til tomgangsleje"))
    # Typed in from a document, never computed: no official regulated figures are published (C5, Q3).
    regulated_total = kroner_field(_("reguleret beløb"), null=True, blank=True)
    regulated_rent = kroner_field(_("reguleret beløb til husleje"), null=True, blank=True)
    regulated_document = models.CharField(_("dokument for reguleringen"), max_length=200, blank=True)
    carried_in = kroner_field(_("overført fra året før"), default=ZERO)
    carried_out = kroner_field(_("overført til året efter"), default=ZERO)
    committed = kroner_field(_("givne tilsagn"), default=ZERO)
    rent_committed = kroner_field(_("heraf til husleje"), default=ZERO)
    closed_on = models.DateField(_("lukket"), null=True, blank=True)

    objects = FrameYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("årsramme")
        verbose_name_plural = _("årsrammer")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(name="frame_year_opened_once", fields=["year"]),
            # C1: R2 and R6.
            models.CheckConstraint(
                name="frame_year_not_overspent",
                condition=Q(committed__lte=CEILING + F("carried_in") - F("carried_out")),
            ),
            # C2: R8.
            models.CheckConstraint(name="frame_year_rent_not_overspent", condition=Q(rent_committed__lte=RENT_CEILING)),
            models.CheckConstraint(
                name="frame_year_totals_not_negative",
                condition=Q(carried_in__gte=0, carried_out__gte=0, rent_committed__gte=0, committed__gte=F("rent_committed")),
            ),
            # C3: the 240 lie inside the 380, the 10 inside the 240.
            models.CheckConstraint(
                name="frame_year_parts_within_whole",
                condition=Q(base_vacancy__gte=0, base_rent__gte=F("base_vacancy"), base_total__gte=F("base_rent")),
            ),
            # C5: amounts and the document that proves them come together.
            models.CheckConstraint(
                name="frame_year_regulated_with_document",
                condition=Q(regulated_total__isnull=True, regulated_rent__isnull=True, regulated_document="")
                | (
                    Q(regulated_total__gte=F("regulated_rent"), regulated_rent__gte=0)
                    & Q(regulated_total__isnull=False, regulated_rent__isnull=False)
                    & ~Q(regulated_document="")
                ),
            ),
            # The net price index moves by a few per cent (R7); a nought too many must not open the frame.
            models.CheckConstraint(
                name="frame_year_regulated_within_twice_base",
                condition=Q(regulated_total__isnull=True)
                | Q(regulated_total__lte=F("base_total") * 2, regulated_rent__lte=F("base_rent") * 2),
            ),
            models.CheckConstraint(
                name="frame_year_closes_after_its_end",
                condition=Q(closed_on__isnull=True) | Q(year__lt=ExtractYear("closed_on")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def position(self) -> Position:
        """Where the year stands by its running totals."""
        return Position(
            year=self.year,
            period=self.period.code,
            base=self.base_total,
            regulated=self.regulated_total,
            base_rent=self.base_rent,
            regulated_rent=self.regulated_rent,
            carried_in=self.carried_in,
            carried_out=self.carried_out,
            committed=self.committed,
            rent_committed=self.rent_committed,
        )


class FrameYearEvent(AuditEvent):
    """A frame was opened, regulated or closed. Inserting the event is the act: a trigger carries it out on the year's row."""

    frame_year = models.ForeignKey(FrameYear, on_delete=models.PROTECT, related_name="events", verbose_name=_("årsramme"))
    happened_on = models.DateField(_("dato"))
    total = kroner_field(_("reguleret beløb"), null=True, blank=True)
    rent = kroner_field(_("reguleret beløb til husleje"), null=True, blank=True)
    document = models.CharField(_("dokument"), max_length=200, blank=True)

    objects = FrameYearEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("rammehændelse")
        verbose_name_plural = _("rammehændelser")
        constraints = [
            models.CheckConstraint(name="frame_year_event_is_known", condition=Q(event__in=FrameEventKind.values)),
            models.CheckConstraint(
                name="frame_year_event_amounts_when_regulated",
                condition=Q(event=FrameEventKind.REGULATED, total__isnull=False, rent__isnull=False) & ~Q(document="")
                | ~Q(event=FrameEventKind.REGULATED) & Q(total__isnull=True, rent__isnull=True, document=""),
            ),
            models.UniqueConstraint(
                name="frame_year_opened_and_closed_once",
                fields=["frame_year", "event"],
                condition=~Q(event=FrameEventKind.REGULATED),
            ),
        ]

    @property
    def told(self) -> str:
        """What happened, in words; a regulation with its amounts and document (C5)."""
        if self.event != FrameEventKind.REGULATED:
            return str(FrameEventKind(self.event).label)
        return gettext("Rammen er reguleret til %(total)s, heraf højst %(rent)s til husleje (%(document)s)") % {
            "total": kroner(self.total),
            "rent": kroner(self.rent),
            "document": self.document,
        }


class Allocation(models.Model):
    """What one case holds of one year's frame, by kind of money.

    The ledger knows no application: `case_reference` is the six-digit number that people and letters use.
    """

    frame_year = models.ForeignKey(FrameYear, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("årsramme"))
    case_reference = models.CharField(_("sagsnummer"), max_length=20)
    money = models.CharField(_("formål"), max_length=10, choices=Money.choices)
    held = kroner_field(_("beløb"), default=ZERO)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("andel af rammen")
        verbose_name_plural = _("andele af rammen")
        constraints = [
            # Nothing is released that is not held.
            models.CheckConstraint(name="allocation_not_negative", condition=Q(held__gte=0)),
            models.CheckConstraint(name="allocation_money_is_known", condition=Q(money__in=Money.values)),
            models.CheckConstraint(name="allocation_names_its_case", condition=~Q(case_reference="")),
            models.UniqueConstraint(name="allocation_once", fields=["case_reference", "frame_year", "money"]),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} ({Money(self.money).label})"


class Entry(models.Model):
    """One signed amount, written once. A mistake is put right by a reversal, and an entry is reversed at most once.

    Beyond the actor it holds no personal data, so nothing here ever needs erasing.
    """

    frame_year = models.ForeignKey(
        FrameYear, on_delete=models.PROTECT, related_name="entries", verbose_name=_("årsramme"), db_index=False
    )
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="entries")
    kind = models.CharField(_("art"), max_length=10, choices=EntryKind.choices)
    money = models.CharField(_("formål"), max_length=10, choices=Money.choices, blank=True)
    amount = kroner_field(_("beløb"))
    # Names the act, so that a repeated task or a double click cannot post it twice.
    key = models.CharField(_("nøgle"), max_length=200)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    # The two entries of one carry-over share it.
    pair = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("bogført"), default=timezone.now)
    decided_on = models.DateField(_("besluttet"))
    legal_basis = models.CharField(_("hjemmel"), max_length=200)
    reason = models.TextField(_("begrundelse"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("postering")
        verbose_name_plural = _("posteringer")
        constraints = [
            models.UniqueConstraint(name="entry_key_posted_once", fields=["key"]),
            models.CheckConstraint(name="entry_amount_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="entry_amount_signed_as_its_kind",
                condition=Q(kind__in=POSITIVE, amount__gt=0) | Q(kind__in=NEGATIVE, amount__lt=0) | Q(kind=EntryKind.REVERSAL),
            ),
            # A carry-over moves a year's money and belongs to no case; everything else is some case's money of some kind.
            models.CheckConstraint(
                name="entry_has_a_case_unless_carried_over",
                condition=Q(kind__in=CARRY_OVER, allocation__isnull=True, money="", pair__isnull=False)
                | (~Q(kind__in=CARRY_OVER) & Q(allocation__isnull=False, money__in=Money.values, pair__isnull=True)),
            ),
            models.CheckConstraint(
                name="entry_reverses_only_as_reversal",
                condition=Q(kind=EntryKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=True)),
            ),
            models.UniqueConstraint(name="entry_carried_over_once", fields=["pair", "kind"]),
            models.CheckConstraint(
                name="entry_says_why", condition=~Q(key="") & ~Q(legal_basis="") & ~Q(reason="") & Q(role__in=Role.values)
            ),
        ]
        indexes = [models.Index(fields=["frame_year", "at"], name="entry_of_year_in_time")]

    def __str__(self) -> str:
        return f"{EntryKind(self.kind).label} {self.amount}"

    @property
    def is_rent(self) -> bool:
        """True when the entry moves the rent part of the frame (C2)."""
        return self.money in RENT_MONEY

    @property
    def case_reference(self) -> str:
        """The case's number; empty for a carry-over."""
        return self.allocation.case_reference if self.allocation else ""

    @property
    def money_label(self) -> str:
        """The kind of money in words; empty for a carry-over."""
        return str(Money(self.money).label) if self.money else ""
