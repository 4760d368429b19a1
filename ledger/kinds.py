"""The words of the ledger: kinds of money and kinds of entry (domain.md, C1-C3 and C6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class FrameEventKind(models.TextChoices):
    """What happens to a year's frame itself."""

    OPENED = "frame_year:opened", _("Rammen er åbnet")
    REGULATED = "frame_year:regulated", _("Rammen er reguleret")
    CLOSED = "frame_year:closed", _("Rammen er lukket")
