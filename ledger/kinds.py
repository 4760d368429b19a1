"""The words of the ledger: kinds of frame, money, entry, release and proposal (domain.md, C1-C4 and C6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FrameKind(models.TextChoices):
    """Which of the act's frames a year's row is. The two are never mixed (C4)."""

    ORDINARY = "ORDINARY", _("Den ordinære ramme")
    # 350 mio. in 2023 for rent alone, unused to 2024 (R15).
    EXTRA_RENT = "EXTRA_RENT", _("Den ekstra ramme til huslejenedsættelse")


class Money(models.TextChoices):
    """What a commitment is for. RENT and VACANCY together fill the rent part of the frame (C2; the 240 hold the 10, C3)."""

    SOCIAL = "SOCIAL", _("Boligsocial indsats")
    RENT = "RENT", _("Huslejenedsættelse")
    VACANCY = "VACANCY", _("Tomgangsleje ved genhusning")


RENT_MONEY = (Money.RENT, Money.VACANCY)


class EntryKind(models.TextChoices):
    """What an entry does. COMMIT and CARRY_IN are positive, RELEASE and CARRY_OUT negative, REVERSAL mirrors its original."""

    COMMIT = "COMMIT", _("Tilsagn")
    RELEASE = "RELEASE", _("Frigivelse")
    REVERSAL = "REVERSAL", _("Tilbageførsel")
    CARRY_OUT = "CARRY_OUT", _("Overført til året efter")
    CARRY_IN = "CARRY_IN", _("Overført fra året før")


POSITIVE = (EntryKind.COMMIT, EntryKind.CARRY_IN)
NEGATIVE = (EntryKind.RELEASE, EntryKind.CARRY_OUT)
CARRY_OVER = (EntryKind.CARRY_OUT, EntryKind.CARRY_IN)


class ReleaseCause(models.TextChoices):
    """Why a case gives money back."""

    LAPSED = "LAPSED", _("Bortfaldet")
    UNUSED = "UNUSED", _("Ikke brugt")
    REVOKED = "REVOKED", _("Tilsagnet er tilbagekaldt")


class Reuse(models.TextChoices):
    """Whether and where released money may be used again; a dated rule of the period says which (R6)."""

    SAME_YEAR_OR_CARRY_OVER = "SAME_YEAR_OR_CARRY_OVER", _("I året selv, mens det er åbent, ellers ved overførsel")
    SAME_YEAR_ONLY = "SAME_YEAR_ONLY", _("Kun i året selv, mens det er åbent")
    NOT_REUSED = "NOT_REUSED", _("Slet ikke")


class FrameEventKind(models.TextChoices):
    """What happens to a year's frame itself."""

    OPENED = "frame_year:opened", _("Rammen er åbnet")
    REGULATED = "frame_year:regulated", _("Rammen er reguleret")
    CLOSED = "frame_year:closed", _("Rammen er lukket")


class ProposalKind(models.TextChoices):
    """What a posting made by hand does; one person proposes it, another approves it."""

    OPEN = "OPEN", _("Åbn et år")
    REGULATE = "REGULATE", _("Regulér rammen")
    CLOSE = "CLOSE", _("Luk året")
    CARRY_OVER = "CARRY_OVER", _("Overfør til året efter")
    RELEASE = "RELEASE", _("Frigiv et beløb")
    RELEASE_BY_CARRY_OVER = "RELEASE_BY_CARRY_OVER", _("Frigiv fra et lukket år, og overfør")
    REVERSE = "REVERSE", _("Tilbagefør en postering")
    SET_RELEASE_RULE = "SET_RELEASE_RULE", _("Fastsæt reglen for frigivne beløb")


class FindingEventKind(models.TextChoices):
    """What happens to something that a check found."""

    FOUND = "finding:found", _("Fundet første gang")
    CHANGED = "finding:changed", _("Fundet med andre beløb")
    NOTED = "finding:noted", _("Bemærkning")
    GONE = "finding:gone", _("Ikke længere fundet")
