"""Four eyes: whoever recommends does not decide.

Basis: section 8 of the domain dossier, for commitments, payments and write-offs [INFERRED]. Neither Almenboligloven § 91 a
nor the regulations, as far as they were found, say so (Q9). The same in every rule set.
"""

import dataclasses

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Landsbyggefondens interne kontrol (to personer); Q9"


@dataclasses.dataclass(frozen=True)
class Facts:
    """Keys of two users, as text: who recommended (empty when nobody has) and who is about to decide."""

    recommended_by: str
    decided_by: str


def check(facts: Facts) -> list[Violation]:
    """Return a violation when nobody has recommended, or the same person is about to decide."""
    if not facts.recommended_by:
        return [
            Violation(
                "recommendation_missing",
                gettext_noop("Sagen mangler en indstilling. En sagsbehandler skal indstille, før sagen kan afgøres."),
                BASIS,
                is_confirmed=False,
            )
        ]
    if facts.recommended_by == facts.decided_by:
        return [
            Violation(
                "same_person_recommends_and_decides",
                gettext_noop("Du har selv indstillet sagen. En anden medarbejder i Landsbyggefonden skal afgøre den."),
                BASIS,
                is_confirmed=False,
            )
        ]
    return []
