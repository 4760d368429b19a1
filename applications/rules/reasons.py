"""A decision carries its reasons.

Basis: Forvaltningsloven § 22 and § 24, which bind the fund (R141). Rule numbers and certainty (domain.md, 11.1): R146, R147
[SOURCE]. The act asks for none where the party gets everything it asked for; the portal asks always, because the decision
spends public money and the auditor reads it (domain.md, 11.2 [INFERRED]). The same in every rule set.
"""

import dataclasses

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Forvaltningsloven §§ 22 og 24; R146, R147"


@dataclasses.dataclass(frozen=True)
class Facts:
    reasons: str


def check(facts: Facts) -> list[Violation]:
    """Return a violation when a decision stands without reasons."""
    if facts.reasons.strip():
        return []
    return [
        Violation(
            "reasons_missing",
            gettext_noop("Skriv en begrundelse: de regler, de hensyn og de oplysninger, der er lagt vægt på."),
            BASIS,
            field="reasons",
        )
    ]
