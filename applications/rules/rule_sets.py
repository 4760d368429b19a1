"""The rule sets a case may be governed by: their names, dates, regulations, and effort areas.

Basis: Almenboligloven § 91 a with the regulations made under it. Rule numbers and certainty (domain.md, 4.1 and 5.1):
- R2019: regulation of 11 December 2019, in force since 1 January 2020, R45, R49 [SOURCE]; effort areas A1-A4 [SOURCE]
- R2015: regulation of 19 March 2015, S9 [SOURCE]; its date of entry into force was not found and is taken to be its own
  date [INFERRED]; effort areas [SOURCE]
- R2011: the money of 2011-14; its guide is of 22 March 2011, S18 [SOURCE], taken as the first day [INFERRED]; the dossier
  names its effort areas in English, the Danish names are ours [INFERRED]
No mapping between the effort areas of different rule sets exists (Q19), so no code is used twice.
"""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

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
class Terms:
    """What holds for every case of a rule set. `regulation` is how decisions cite it."""

    name: str
    regulation: str
    valid_from: date
    effort_areas: tuple[EffortArea, ...]

    @property
    def effort_area_codes(self) -> frozenset[str]:
        return frozenset(area.code for area in self.effort_areas)


@dataclasses.dataclass(frozen=True)
class Rate:
    """A number a rule set lays down, where it stands, and whether the fund's present rules confirm it."""

    value: Decimal
    basis: str
    is_confirmed: bool


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
        ),
    }
)


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


def cite(rule_set: RuleSet, *, act: str, numbers: str) -> str:
    """Return a legal basis: act, the rule set's regulation, rule numbers of the dossier."""
    return "; ".join(part for part in (act, TERMS[rule_set].regulation, numbers) if part)
