"""What cases hold of the frames, and the entries that say how it came about."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from ledger.kinds import CARRY_OVER, NEGATIVE, POSITIVE, RENT_MONEY, EntryKind, Money, ReleaseCause
from ledger.models.fields import kroner_field, portal_or_person, two_persons
from ledger.models.frames import FrameYear
from ledger.positions import ZERO
from ledger.querysets import AllocationQuerySet, EntryQuerySet


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

    Beyond the actors it holds no personal data, so nothing here ever needs erasing.
    """

    frame_year = models.ForeignKey(
        FrameYear, on_delete=models.PROTECT, related_name="entries", verbose_name=_("årsramme"), db_index=False
    )
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="entries")
    kind = models.CharField(_("art"), max_length=10, choices=EntryKind.choices)
    cause = models.CharField(_("årsag"), max_length=10, choices=ReleaseCause.choices, blank=True)
    money = models.CharField(_("formål"), max_length=10, choices=Money.choices, blank=True)
    amount = kroner_field(_("beløb"))
    # Given back, but not to be used again: the period's rule for releases on the day of the decision.
    is_withheld = models.BooleanField(_("kan ikke bruges igen"), default=False)
    # Names the act, so that a repeated task or a double click cannot post it twice.
    key = models.CharField(_("nøgle"), max_length=200)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    # The two entries of one carry-over share it.
    pair = models.UUIDField(null=True)
    # All entries of a release from a closed year share it: what is released, and the carry-overs that take it to an open year.
    act = models.UUIDField(null=True)
    # Finance's own decision, for money that is carried on again (Q4) or leaves a closed year after a release.
    decision = models.CharField(_("beslutning"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    # Four eyes: who approved what `by` proposed. Empty where what was decided in the case made the posting.
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("godkendt af"),
    )
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
            models.CheckConstraint(
                name="entry_has_a_cause_when_released",
                condition=Q(kind=EntryKind.RELEASE, cause__in=ReleaseCause.values) | (~Q(kind=EntryKind.RELEASE) & Q(cause="")),
            ),
            # Only what is given back can be withheld, and a mistake about it put right.
            models.CheckConstraint(
                name="entry_withheld_only_when_released",
                condition=Q(is_withheld=False) | Q(kind__in=[EntryKind.RELEASE, EntryKind.REVERSAL]),
            ),
            # An act of several entries releases from a closed year and carries on, by finance's decision.
            models.CheckConstraint(
                name="entry_act_is_decided",
                condition=Q(act__isnull=True) & (Q(decision="") | Q(kind__in=CARRY_OVER))
                | (Q(act__isnull=False, kind__in=[EntryKind.RELEASE, *CARRY_OVER]) & ~Q(decision="")),
            ),
            models.CheckConstraint(name="entry_person_or_portal", condition=portal_or_person("by")),
            # A commitment has the case's own four eyes; a release that follows from what a case decides names who decided.
            models.CheckConstraint(
                name="entry_is_seconded",
                condition=Q(kind__in=[EntryKind.COMMIT, EntryKind.RELEASE], act__isnull=True, seconded_by__isnull=True)
                | two_persons("by"),
            ),
            # R6, C6, Q4: a carry-over is a finance officer's posting.
            models.CheckConstraint(
                name="entry_carried_over_by_finance",
                condition=(~Q(kind__in=CARRY_OVER) & Q(act__isnull=True)) | Q(role=Role.FINANCE_OFFICER),
            ),
            models.UniqueConstraint(name="entry_carried_over_once", fields=["pair", "kind"], condition=Q(pair__isnull=False)),
            models.CheckConstraint(
                name="entry_says_why", condition=~Q(key="") & ~Q(legal_basis="") & ~Q(reason="") & Q(role__in=Role.values)
            ),
        ]
        indexes = [
            models.Index(fields=["frame_year", "at"], name="entry_of_year_in_time"),
            models.Index(fields=["act"], name="entry_of_act", condition=Q(act__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{EntryKind(self.kind).label} {self.amount}"

    def get_absolute_url(self) -> str:
        return reverse("ledger:entry", args=[self.pk])

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

    @property
    def arrives_in(self) -> int | None:
        """The open year that an act of several entries ends in; `EntryQuerySet.with_names` spares the query."""
        if self.act is None:
            return None
        known = self if "act_arrives_in" in self.__dict__ else type(self).objects.with_arrival().get(pk=self.pk)
        year: int | None = known.__dict__["act_arrives_in"]
        return year

    @property
    def explanation(self) -> str:
        """What happened to the money, and whether it can be used again."""
        return EXPLANATIONS[EntryKind(self.kind)](self) % {
            "year": self.frame_year.year,
            "before": self.frame_year.year - 1,
            "after": self.frame_year.year + 1,
            "arrives": self.arrives_in,
            "decision": self.decision,
            "reversed": self.reverses_id,
        }


def _released(entry: Entry) -> str:
    if entry.act:
        return gettext(
            "Tilsagnet var givet af rammen for %(year)s, som er lukket. Pengene er overført til %(arrives)s og kan bruges dér"
            " (%(decision)s)."
        )
    if entry.is_withheld:
        return gettext("Sagen har ikke længere pengene. De hører til rammen for %(year)s og kan ikke bruges igen.")
    return gettext("Pengene er tilbage i rammen for %(year)s, hvor tilsagnet blev givet, og kan bruges igen i det år.")


def _carried_out(entry: Entry) -> str:
    if entry.decision:
        return gettext("Penge, der ikke er brugt i %(year)s, er overført til %(after)s efter beslutning (%(decision)s).")
    return gettext("Penge, der ikke er brugt i %(year)s, er overført til %(after)s.")


def _carried_in(entry: Entry) -> str:
    if entry.decision:
        return gettext("Penge, der ikke er brugt i %(before)s, er overført hertil efter beslutning (%(decision)s).")
    return gettext("Penge, der ikke er brugt i %(before)s, er overført hertil.")


EXPLANATIONS = {
    EntryKind.COMMIT: lambda _entry: gettext("Tilsagnet tæller i rammen for %(year)s, det år det er givet."),
    EntryKind.RELEASE: _released,
    EntryKind.REVERSAL: lambda _entry: gettext("Retter postering nummer %(reversed)s, som om den ikke var sket."),
    EntryKind.CARRY_OUT: _carried_out,
    EntryKind.CARRY_IN: _carried_in,
}
