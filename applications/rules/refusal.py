"""Refusal: the party has been heard, and the refusal carries its reasons.

Basis: Forvaltningsloven § 19 (hearing), § 22 and § 24 (reasons), which bind the fund (R141). Rule numbers and certainty
(domain.md, 11.1): R145-R147 [SOURCE]. That every refusal waits for a hearing is the lifecycle's reading of R145 (domain.md,
10 [INFERRED]). The same in every rule set.
"""

import dataclasses
from datetime import date

from applications.rules import reasons
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Forvaltningsloven § 19; R145"


@dataclasses.dataclass(frozen=True)
class Facts:
    """`replied_on` is the day the party's answer came in. The deadline is the last day the party may answer."""

    on: date
    hearing_sent_on: date | None
    hearing_deadline: date | None
    replied_on: date | None
    reasons: str


def check(facts: Facts) -> list[Violation]:
    """Return what is missing before a refusal may be decided on the day `on`."""
    return [*_hearing(facts), *reasons.check(reasons.Facts(facts.reasons))]


def _hearing(facts: Facts) -> list[Violation]:
    if facts.hearing_sent_on is None or facts.hearing_sent_on > facts.on:
        return [
            Violation(
                "hearing_not_sent",
                gettext_noop("Parten er ikke hørt. Send en partshøring med en frist, før I giver afslag."),
                BASIS,
                field="hearing_sent_on",
            )
        ]
    if facts.replied_on is not None and facts.hearing_sent_on <= facts.replied_on <= facts.on:
        return []
    if facts.hearing_deadline is None or facts.hearing_deadline <= facts.hearing_sent_on:
        return [
            Violation(
                "hearing_without_deadline",
                gettext_noop("Partshøringen har ingen frist. Giv parten en frist, der ligger efter afsendelsen."),
                BASIS,
                field="hearing_deadline",
            )
        ]
    if facts.on <= facts.hearing_deadline:
        return [
            Violation(
                "hearing_still_open",
                gettext_noop("Parten har frist til og med %(deadline)s og har ikke svaret. Vent til dagen efter fristen."),
                BASIS,
                field="hearing_deadline",
                params={"deadline": facts.hearing_deadline},
            )
        ]
    return []
