"""The frame of a year, what happened to it, and what each day moved."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, ExtractYear
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from accounts.roles import Role
from lbf_portal.lib.danish import kroner
from ledger.kinds import FrameEventKind, FrameKind
from ledger.models.fields import kroner_field, portal_or_person, two_persons
from ledger.models.periods import GrantPeriod
from ledger.positions import ZERO, Position
from ledger.querysets import FrameDayQuerySet, FrameYearEventQuerySet, FrameYearQuerySet

CEILING = Coalesce("regulated_total", "base_total")
RENT_CEILING = Coalesce("regulated_rent", "base_rent")


class FrameYear(models.Model):
    """The annual frame (årlig ramme, R2), its rent part (R8) and its running totals; or a year of the extra frame (R15).

    The totals are moved by a trigger in the statement that inserts an entry, under the lock of this row, so two people
    deciding at once come one after the other and the second meets what the first one left.
    """

    period = models.ForeignKey(GrantPeriod, on_delete=models.PROTECT, related_name="years", verbose_name=_("bevillingsperiode"))
    kind = models.CharField(_("ramme"), max_length=10, choices=FrameKind.choices, default=FrameKind.ORDINARY)
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
    carried_out_by_decision = kroner_field(_("heraf efter særskilt beslutning"), default=ZERO)
    committed = kroner_field(_("givne tilsagn"), default=ZERO)
    rent_committed = kroner_field(_("heraf til husleje"), default=ZERO)
    withheld = kroner_field(_("heraf frigivet uden genbrug"), default=ZERO)
    closed_on = models.DateField(_("lukket"), null=True, blank=True)

    objects = FrameYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("årsramme")
        verbose_name_plural = _("årsrammer")
        # The ordinary frame first.
        ordering = ["year", "-kind"]
        constraints = [
            models.UniqueConstraint(name="frame_year_opened_once", fields=["kind", "year"]),
            models.CheckConstraint(name="frame_year_kind_is_known", condition=Q(kind__in=FrameKind.values)),
            # C1: R2 and R6.
            models.CheckConstraint(
                name="frame_year_not_overspent",
                condition=Q(committed__lte=CEILING + F("carried_in") - F("carried_out")),
            ),
            # C2: R8. The extra frame is rent money throughout (R15).
            models.CheckConstraint(
                name="frame_year_rent_not_overspent",
                condition=Q(kind=FrameKind.EXTRA_RENT) | Q(rent_committed__lte=RENT_CEILING),
            ),
            # C4: the two kinds of frame are never mixed.
            models.CheckConstraint(
                name="frame_year_extra_is_all_rent",
                condition=~Q(kind=FrameKind.EXTRA_RENT)
                | (
                    Q(base_rent=F("base_total"), base_vacancy=0, rent_committed=F("committed"))
                    & (Q(regulated_total__isnull=True) | Q(regulated_rent=F("regulated_total")))
                ),
            ),
            models.CheckConstraint(
                name="frame_year_totals_not_negative",
                condition=Q(
                    carried_in__gte=0,
                    carried_out_by_decision__gte=0,
                    carried_out__gte=F("carried_out_by_decision"),
                    rent_committed__gte=0,
                    committed__gte=F("rent_committed"),
                    withheld__gte=0,
                )
                & Q(committed__gte=F("withheld")),
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

    def get_absolute_url(self) -> str:
        return reverse("ledger:frame_year" if self.kind == FrameKind.ORDINARY else "ledger:extra_year", args=[self.year])

    @property
    def called(self) -> str:
        """The year's frame in words, for headings and links."""
        if self.kind == FrameKind.EXTRA_RENT:
            return gettext("Den ekstra ramme for %(year)s") % {"year": self.year}
        return gettext("Rammen for %(year)s") % {"year": self.year}

    @property
    def reserved_by_part(self) -> tuple[Decimal, Decimal]:
        """What is reserved in the year, and of that for rent; `FrameYearQuerySet.with_reserved` spares the query."""
        counted = self if "reserved" in self.__dict__ else type(self).objects.with_reserved().get(pk=self.pk)
        return counted.__dict__["reserved"], counted.__dict__["rent_reserved"]

    @property
    def position(self) -> Position:
        """Where the year stands by its running totals."""
        reserved, rent_reserved = self.reserved_by_part
        return Position(
            year=self.year,
            period=self.period.code,
            frame=FrameKind(self.kind),
            base=self.base_total,
            regulated=self.regulated_total,
            base_rent=self.base_rent,
            regulated_rent=self.regulated_rent,
            carried_in=self.carried_in,
            carried_out=self.carried_out,
            carried_out_by_decision=self.carried_out_by_decision,
            committed=self.committed,
            rent_committed=self.rent_committed,
            withheld=self.withheld,
            reserved=reserved,
            rent_reserved=rent_reserved,
        )

    @property
    def is_followed(self) -> bool:
        """Whether the frame has a following year, which alone takes what is carried over: one query."""
        return type(self).objects.filter(kind=self.kind, year=self.year + 1).exists()


class FrameYearEvent(AuditEvent):
    """A frame was opened, regulated or closed. Inserting the event is the act: a trigger carries it out on the year's row."""

    frame_year = models.ForeignKey(FrameYear, on_delete=models.PROTECT, related_name="events", verbose_name=_("årsramme"))
    # Four eyes: who approved what `user` proposed. The portal opens the years that the act itself gives.
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("godkendt af")
    )
    happened_on = models.DateField(_("dato"))
    total = kroner_field(_("reguleret beløb"), null=True, blank=True)
    rent = kroner_field(_("reguleret beløb til husleje"), null=True, blank=True)
    document = models.CharField(_("dokument"), max_length=200, blank=True)
    # Names the act, so that it is carried out once.
    key = models.CharField(_("nøgle"), max_length=200, unique=True)

    objects = FrameYearEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("rammehændelse")
        verbose_name_plural = _("rammehændelser")
        constraints = [
            models.CheckConstraint(name="frame_year_event_is_known", condition=Q(event__in=FrameEventKind.values) & ~Q(key="")),
            models.CheckConstraint(
                name="frame_year_event_amounts_when_regulated",
                condition=Q(event=FrameEventKind.REGULATED, total__isnull=False, rent__isnull=False) & ~Q(document="")
                | ~Q(event=FrameEventKind.REGULATED) & Q(total__isnull=True, rent__isnull=True, document=""),
            ),
            models.CheckConstraint(name="frame_year_event_person_or_portal", condition=portal_or_person("user")),
            models.CheckConstraint(
                name="frame_year_event_is_seconded",
                condition=Q(event=FrameEventKind.OPENED, role=Role.SYSTEM, seconded_by__isnull=True)
                | (two_persons("user") & Q(role=Role.FINANCE_OFFICER)),
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


class FrameDay(models.Model):
    """What the entries posted on one day moved of a year's totals: where a year stood on any past day is a short sum.

    Only the trigger on entries writes here; the portal's role may read.
    """

    frame_year = models.ForeignKey(FrameYear, on_delete=models.PROTECT, related_name="days", db_index=False)
    day = models.DateField(_("dag"))
    committed = kroner_field(_("givne tilsagn"), default=ZERO)
    rent_committed = kroner_field(_("heraf til husleje"), default=ZERO)
    carried_in = kroner_field(_("overført fra året før"), default=ZERO)
    carried_out = kroner_field(_("overført til året efter"), default=ZERO)
    carried_out_by_decision = kroner_field(_("heraf efter særskilt beslutning"), default=ZERO)
    withheld = kroner_field(_("heraf frigivet uden genbrug"), default=ZERO)

    objects = FrameDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("rammens dag")
        verbose_name_plural = _("rammens dage")
        constraints = [models.UniqueConstraint(name="frame_day_once", fields=["frame_year", "day"])]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
