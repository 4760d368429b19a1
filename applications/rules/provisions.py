"""The paragraphs that rule sets rest on, each with the days from and to which it held.

Basis: Almenboligloven § 91 a and the regulations. Rule numbers and certainty (domain.md, 2.1, 2.2, 4.1, 4.5): each provision
carries its own. The full text of the regulations was not found (Q1): only the paragraphs that some source names stand here.
That the act's wording of 2018 holds from 1 January 2019 follows from R7, by which its frame is first regulated on that day
[INFERRED].
"""

import dataclasses
from datetime import date

from applications.rules.papers import Certainty
from lbf_portal.lib.words import gettext_noop


@dataclasses.dataclass(frozen=True)
class Provision:
    """A paragraph as it is cited, what it is about, and its first and last day; no last day while it holds."""

    number: str
    subject: str
    valid_from: date
    valid_to: date | None
    basis: str
    certainty: Certainty

    @property
    def is_confirmed(self) -> bool:
        return self.certainty is Certainty.SOURCE

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


_ACT_OF_2018 = date(2019, 1, 1)
_LAST_DAY_BEFORE = date(2018, 12, 31)
_REGULATION_OF_2015 = date(2015, 3, 19)
_REGULATION_OF_2019 = date(2020, 1, 1)

# For cases of the earlier money the frame changed with the act; what a case was granted under did not.
ACT_BEFORE_2019 = (
    Provision(
        "Almenboligloven § 91 a, stk. 1",
        gettext_noop("Rammen for 2011-14 og for 2015-18, og hvad der kan støttes"),
        date(2011, 1, 1),
        _LAST_DAY_BEFORE,
        "2.2, S18, S9",
        Certainty.SOURCE,
    ),
    Provision(
        "Almenboligloven § 91 a, stk. 3",
        gettext_noop("En helhedsplan med finansieringsplan, godkendt af kommunalbestyrelsen"),
        date(2011, 1, 1),
        _LAST_DAY_BEFORE,
        "R11, R12",
        Certainty.SOURCE_OLD,
    ),
)

ACT_SINCE_2019 = (
    Provision(
        "Almenboligloven § 91 a, stk. 1",
        gettext_noop("Rammen for 2019-26, og hvad der kan støttes"),
        _ACT_OF_2018,
        None,
        "R1-R7, R18",
        Certainty.SOURCE,
    ),
    Provision(
        "Almenboligloven § 91 a, stk. 2",
        gettext_noop("Tilskud til huslejenedsættelser inden for rammen"),
        _ACT_OF_2018,
        None,
        "R8-R10",
        Certainty.SOURCE,
    ),
    Provision(
        "Almenboligloven § 91 a, stk. 3",
        gettext_noop("Indsatsen er del af en helhedsplan med finansieringsplan"),
        _ACT_OF_2018,
        None,
        "R11",
        Certainty.SOURCE,
    ),
)

REGULATION_2015 = (
    Provision(
        "Regulativ af 19. marts 2015, § 6",
        gettext_noop("Samarbejdsaftalen og dens bilag, også beredskabsplanen"),
        _REGULATION_OF_2015,
        date(2019, 12, 31),
        "R86, R87",
        Certainty.SOURCE_OLD,
    ),
    Provision(
        "Regulativ af 19. marts 2015, § 6, stk. 6, nr. 2",
        gettext_noop("Den lokale bestyrelse"),
        _REGULATION_OF_2015,
        date(2019, 12, 31),
        "R51",
        Certainty.SOURCE,
    ),
)

REGULATION_2019 = (
    Provision(
        "Regulativ af 11. december 2019",
        gettext_noop("Hvem og hvad der kan støttes, faste mål, fire indsatsområder, entydig ledelse og overgangen"),
        _REGULATION_OF_2019,
        None,
        "R45, R49, R52-R57, R78, R79, R89",
        Certainty.SOURCE,
    ),
)
