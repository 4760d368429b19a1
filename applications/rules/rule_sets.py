"""The rule sets a case may be governed by: names, dates, regulations, effort areas, settings, papers, letters, provisions.

Basis: Almenboligloven § 91 a with the regulations made under it. Rule numbers and certainty (domain.md, 4.1 and 5.1):
- R2019: regulation of 11 December 2019, in force since 1 January 2020, R45, R49 [SOURCE]; effort areas A1-A4 [SOURCE]
- R2015: regulation of 19 March 2015, S9 [SOURCE]; its date of entry into force was not found and is taken to be its own
  date [INFERRED]; effort areas [SOURCE]
- R2011: the money of 2011-14; its guide is of 22 March 2011, S18 [SOURCE], taken as the first day [INFERRED]; the dossier
  names its effort areas in English, the Danish names are ours [INFERRED]
No mapping between the effort areas of different rule sets exists (Q19), so no code is used twice.
The full text of the regulations was not found (Q1): what a rule set does not confirm stands here all the same, marked, so that
the fund can put it right in one place. Papers and provisions: `papers.py`.
"""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from applications.rules.papers import PAPERS_2011, PAPERS_2015, PAPERS_2019, Paper
from applications.rules.provisions import ACT_BEFORE_2019, ACT_SINCE_2019, REGULATION_2015, REGULATION_2019, Provision
from lbf_portal.lib.words import gettext_noop


class RuleSet(enum.StrEnum):
    """Which regulation governs a case; stored on the case and shown, because old plans still cite theirs (R51)."""

    R2011 = "R2011"
    R2015 = "R2015"
    R2019 = "R2019"


@dataclasses.dataclass(frozen=True)
class EffortArea:
    """An effort area *(indsatsområde)*, with the fund's fixed goal for it in short where the rule set has one (R78)."""

    code: str
    name: str
    goal: str = ""


@dataclasses.dataclass(frozen=True)
class Rate:
    """A number a rule set lays down, where it stands, and whether the fund's present rules confirm it."""

    value: Decimal
    basis: str
    is_confirmed: bool


class Unit(enum.StrEnum):
    """What a setting counts."""

    YEARS = "YEARS"
    MONTHS = "MONTHS"
    PAGES = "PAGES"
    SHARE = "SHARE"


class Setting(enum.StrEnum):
    """A number that a rule set lays down and the portal goes by. 0 months or pages: not asked for."""

    MINIMUM_LOCAL_SHARE = "MINIMUM_LOCAL_SHARE"
    MAXIMUM_FUND_SHARE = "MAXIMUM_FUND_SHARE"
    MAXIMUM_YEARS = "MAXIMUM_YEARS"
    DESCRIPTION_PAGES = "DESCRIPTION_PAGES"
    EXTENSION_MONTHS = "EXTENSION_MONTHS"
    INSPECTION_AFTER_MONTHS = "INSPECTION_AFTER_MONTHS"
    ACCOUNTS_WITHIN_MONTHS = "ACCOUNTS_WITHIN_MONTHS"
    PAYMENT_KEPT_BACK = "PAYMENT_KEPT_BACK"
    PREQUALIFICATION_MONTHS = "PREQUALIFICATION_MONTHS"


SETTING_NAMES: Mapping[Setting, tuple[str, Unit]] = MappingProxyType(
    {
        Setting.MINIMUM_LOCAL_SHARE: (gettext_noop("Lokal medfinansiering, mindst"), Unit.SHARE),
        Setting.MAXIMUM_FUND_SHARE: (gettext_noop("Fra Landsbyggefonden, højst"), Unit.SHARE),
        Setting.MAXIMUM_YEARS: (gettext_noop("Indsatsen varer højst"), Unit.YEARS),
        Setting.DESCRIPTION_PAGES: (gettext_noop("Beskrivelse af udfordringerne, højst"), Unit.PAGES),
        Setting.EXTENSION_MONTHS: (gettext_noop("Forlængelse, højst"), Unit.MONTHS),
        Setting.INSPECTION_AFTER_MONTHS: (gettext_noop("Eftersyn efter"), Unit.MONTHS),
        Setting.ACCOUNTS_WITHIN_MONTHS: (gettext_noop("Årets regnskab indsendes inden"), Unit.MONTHS),
        Setting.PAYMENT_KEPT_BACK: (gettext_noop("Holdes tilbage til det endelige regnskab"), Unit.SHARE),
        Setting.PREQUALIFICATION_MONTHS: (gettext_noop("Prækvalifikation uden helhedsplan udløber efter"), Unit.MONTHS),
    }
)


class Letter(enum.StrEnum):
    """A letter that a case under the rule set gets; each cites the rule set's regulation. `Document` keeps them."""

    RECEIPT = "RECEIPT"
    PREQUALIFICATION_LETTER = "PREQUALIFICATION_LETTER"
    REFUSAL_LETTER = "REFUSAL_LETTER"
    COMMITMENT_LETTER = "COMMITMENT_LETTER"
    TRANSFER_LETTER = "TRANSFER_LETTER"
    TRANSFER_BACK_LETTER = "TRANSFER_BACK_LETTER"


# What the applicant declares when sending; no source has its wording [INFERRED].
DECLARATION = gettext_noop(
    "Jeg erklærer, at oplysningerne i ansøgningen er rigtige og fuldstændige, at jeg må søge på boligorganisationens vegne, "
    "og at vi kender reglerne for støtten (%(regulation)s)."
)


@dataclasses.dataclass(frozen=True)
class Terms:
    """What holds for every case of a rule set. `regulation` is how decisions cite it."""

    name: str
    regulation: str
    valid_from: date
    effort_areas: tuple[EffortArea, ...]
    settings: Mapping[Setting, Rate] = dataclasses.field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    provisions: tuple[Provision, ...] = ()
    letters: tuple[Letter, ...] = tuple(Letter)
    declaration: str = DECLARATION

    @property
    def effort_area_codes(self) -> frozenset[str]:
        return frozenset(area.code for area in self.effort_areas)

    def provisions_on(self, day: date) -> tuple[Provision, ...]:
        """Return the provisions in force on the day."""
        return tuple(provision for provision in self.provisions if provision.holds_on(day))


def _settings(*, confirmed: frozenset[Setting], inspection_after: int) -> Mapping[Setting, Rate]:
    """The numbers as they are known. The rates of R2015 and R2011 were not found: those of today stand in for them (Q1)."""
    values = {
        Setting.MINIMUM_LOCAL_SHARE: (Decimal("0.25"), "R75"),
        Setting.MAXIMUM_FUND_SHARE: (Decimal("0.75"), "R76"),
        Setting.MAXIMUM_YEARS: (Decimal(4), "R77"),
        Setting.DESCRIPTION_PAGES: (Decimal(5), "R62"),
        Setting.EXTENSION_MONTHS: (Decimal(12), "Q7"),
        Setting.INSPECTION_AFTER_MONTHS: (Decimal(inspection_after), "R107, G9"),
        Setting.ACCOUNTS_WITHIN_MONTHS: (Decimal(6), "R101, Q20"),
        Setting.PAYMENT_KEPT_BACK: (Decimal(0), "G6"),
        # Off: no source says that a prequalification ends by itself (rules/expiry.py). 24 would be the fund's to decide.
        Setting.PREQUALIFICATION_MONTHS: (Decimal(0), "R72"),
    }
    return MappingProxyType(
        {setting: Rate(value, basis, is_confirmed=setting in confirmed) for setting, (value, basis) in values.items()}
    )


TERMS: Mapping[RuleSet, Terms] = MappingProxyType(
    {
        RuleSet.R2011: Terms(
            name=gettext_noop("2011-14-midlerne"),
            regulation="Regulativ for 2011-14-midlerne",
            valid_from=date(2011, 3, 22),
            effort_areas=(
                EffortArea("CHILDREN_AND_FAMILY", gettext_noop("Børn, unge og familie")),
                EffortArea("EDUCATION_AND_BUSINESS", gettext_noop("Uddannelse, beskæftigelse og erhverv")),
                EffortArea("RESIDENT_NETWORKS", gettext_noop("Beboernetværk, inddragelse og demokrati")),
                EffortArea("HEALTH", gettext_noop("Sundhed")),
                EffortArea("VULNERABLE_GROUPS", gettext_noop("Udsatte grupper")),
                EffortArea("CULTURE_AND_LEISURE", gettext_noop("Kultur og fritid")),
                EffortArea("IMAGE", gettext_noop("Image og kommunikation")),
            ),
            settings=_settings(confirmed=frozenset({}), inspection_after=0),
            papers=PAPERS_2011,
            provisions=ACT_BEFORE_2019,
        ),
        RuleSet.R2015: Terms(
            name=gettext_noop("2015-18-midlerne"),
            regulation="Regulativ af 19. marts 2015",
            valid_from=date(2015, 3, 19),
            effort_areas=(
                EffortArea("SAFETY_AND_WELL_BEING", gettext_noop("Tryghed og trivsel")),
                EffortArea("CRIME_PREVENTIVE_EFFORT", gettext_noop("Kriminalpræventiv indsats")),
                EffortArea("EDUCATION_AND_EMPLOYMENT", gettext_noop("Uddannelse og beskæftigelse")),
                EffortArea("PARENTAL_RESPONSIBILITY", gettext_noop("Forebyggelse og forældreansvar")),
            ),
            settings=_settings(confirmed=frozenset({}), inspection_after=12),
            papers=PAPERS_2015,
            provisions=(*ACT_BEFORE_2019, *REGULATION_2015),
        ),
        RuleSet.R2019: Terms(
            name=gettext_noop("2019-26-midlerne"),
            regulation="Regulativ af 11. december 2019",
            valid_from=date(2020, 1, 1),
            effort_areas=(
                EffortArea(
                    "EDUCATION",
                    gettext_noop("Uddannelse og livschancer"),
                    gettext_noop("Børn og unge løftes fagligt, flere er klar til skolen, og flere tager en uddannelse."),
                ),
                EffortArea(
                    "EMPLOYMENT",
                    gettext_noop("Beskæftigelse"),
                    gettext_noop("Flere voksne får tilknytning til arbejdsmarkedet."),
                ),
                EffortArea(
                    "CRIME_PREVENTION",
                    gettext_noop("Kriminalitetsforebyggelse"),
                    gettext_noop("Børn og unge støttes i et liv uden kriminalitet, og området opleves som trygt."),
                ),
                EffortArea(
                    "COHESION",
                    gettext_noop("Sammenhængskraft og medborgerskab"),
                    gettext_noop("Flere er en del af fællesskabet og deltager aktivt i samfundet."),
                ),
            ),
            settings=_settings(confirmed=frozenset({Setting.MINIMUM_LOCAL_SHARE, Setting.MAXIMUM_YEARS}), inspection_after=0),
            papers=PAPERS_2019,
            provisions=(*ACT_SINCE_2019, *REGULATION_2019),
        ),
    }
)


def terms_of(rule_set: str) -> Terms:
    """Return what holds for cases of the rule set, by its stored name.

    Errors: KeyError for a name that no rule set has.
    """
    return TERMS[rule_set]  # type: ignore[index]  # a StrEnum's member and its name are the same key


def valid_to(rule_set: RuleSet) -> date | None:
    """Return the last day on which new cases began under the rule set: the day before the next one; None for the latest."""
    later = [terms.valid_from for terms in TERMS.values() if terms.valid_from > TERMS[rule_set].valid_from]
    return min(later) - timedelta(days=1) if later else None


def rule_set_on(on: date, *, committed_on: date | None = None) -> RuleSet:
    """Return the rule set that governs a case on a day: the one for a new case, and the one an old case has moved to.

    A commitment keeps the rules it was given under (R50 [INFERRED]). Everything else follows the regulation in force, so a
    case prequalified before 1 January 2020 and not committed by then moves to R2019 on that day (R49 [SOURCE], G3);
    when it was prequalified makes no difference.

    Errors: LookupError for days before the oldest rule set of the portal.
    """
    day = committed_on if committed_on is not None and committed_on <= on else on
    in_force = [rule_set for rule_set, terms in TERMS.items() if terms.valid_from <= day]
    if not in_force:
        raise LookupError(f"no rule set of the portal was in force on {day:%Y-%m-%d}")
    return max(in_force, key=lambda rule_set: TERMS[rule_set].valid_from)


def cite(rule_set: str, *, act: str, numbers: str) -> str:
    """Return a legal basis: act, the rule set's regulation, rule numbers of the dossier."""
    return "; ".join(part for part in (act, terms_of(rule_set).regulation, numbers) if part)
