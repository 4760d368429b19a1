"""What is found in a file: a code with its Danish sentence, and whether it stops the file or must be confirmed.

Basis: C10 and R62 for the pages of a description; R156 for CPR numbers; the rest is ours, so that everybody can open what is
attached and nobody is harmed by it. Every sentence that stops a file says what to do instead.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop


class Weight(enum.Enum):
    """What a finding means for the file."""

    STOPS = "stops"
    MUST_BE_CONFIRMED = "must be confirmed"
    IS_TOLD = "is told"


@dataclasses.dataclass(frozen=True)
class Known:
    """A finding the portal knows: its sentence, its weight, and what it rests on."""

    text: str
    weight: Weight = Weight.STOPS
    basis: str = ""


KNOWN: Mapping[str, Known] = MappingProxyType(
    {
        "empty": Known(gettext_noop("Filen er tom. Åbn den, se efter, at den har indhold, og læg den ind igen.")),
        "too_large": Known(
            gettext_noop("Filen fylder mere end 50 MB. Gem en mindre udgave, eller del den i flere filer, og læg dem ind.")
        ),
        "unknown_kind": Known(
            gettext_noop(
                "Filens indhold er hverken PDF, Word (DOCX), Excel (XLSX), PNG eller JPEG. Det er indholdet og ikke navnet, "
                "der tæller. Gem den som PDF, og læg den ind igen."
            )
        ),
        "old_office": Known(
            gettext_noop(
                "Filen er i et ældre Word- eller Excel-format eller er beskyttet med adgangskode. Gem den som PDF, DOCX "
                "eller XLSX uden adgangskode, og læg den ind igen."
            )
        ),
        "encrypted": Known(
            gettext_noop(
                "Filen er beskyttet med adgangskode eller begrænsninger. Gem en udgave uden beskyttelse, og læg den ind igen."
            )
        ),
        "broken": Known(
            gettext_noop("Filen kan ikke åbnes; den er beskadiget eller kun delvist gemt. Gem den på ny, og læg den ind igen.")
        ),
        "two_in_one": Known(
            gettext_noop("Filen er to slags filer på én gang. Gem det, I vil vise, som en ny PDF, og læg den ind.")
        ),
        "too_much_packed": Known(
            gettext_noop("Filen pakker sig ud til mere, end portalen kan åbne. Gem den som PDF, og læg den ind igen.")
        ),
        "too_many_pixels": Known(
            gettext_noop("Billedet har flere end %(limit)s millioner punkter. Gem det mindre, og læg det ind igen.")
        ),
        "too_many_pages": Known(
            gettext_noop("Filen har %(pages)s sider. Portalen kan kontrollere højst %(limit)s; del den i flere filer."),
        ),
        "macros": Known(gettext_noop("Filen indeholder makroer. Gem den uden makroer eller som PDF, og læg den ind igen.")),
        "active_content": Known(
            gettext_noop(
                "Filen indeholder noget, der kan køre eller hente af sig selv, når den åbnes: %(what)s. Gem den som en "
                "almindelig PDF (udskriv til PDF), og læg den ind igen."
            )
        ),
        "infected": Known(
            gettext_noop(
                "Virusscanneren fandt »%(name)s« i filen. Ingen kan hente den. Kontakt jeres it-afdeling, og læg en ren fil ind."
            )
        ),
        "changed_in_store": Known(
            gettext_noop("Filen er ikke længere den, der blev lagt ind. Læg den ind igen, og giv Landsbyggefonden besked.")
        ),
        "too_hard": Known(
            gettext_noop("Filen kunne ikke kontrolleres: det tog for lang tid. Gem den som PDF, og læg den ind igen.")
        ),
        "cpr": Known(
            gettext_noop(
                "Filen indeholder noget, der ligner CPR-numre (%(count)s). Personnumre på beboere hører ikke til i sagen. "
                "Fjern dem, eller bekræft, at filen må indsendes."
            ),
            Weight.MUST_BE_CONFIRMED,
            "GDPR art. 5; R156",
        ),
        "files_inside": Known(
            gettext_noop(
                "Der ligger andre filer inde i filen (%(count)s), som portalen ikke har læst. Læg dem ind hver for sig, "
                "eller bekræft, at filen må indsendes."
            ),
            Weight.MUST_BE_CONFIRMED,
        ),
        "searched_in_part": Known(
            gettext_noop("Filen er lang. Portalen har kun ledt efter CPR-numre i den første del."),
            Weight.IS_TOLD,
        ),
        "not_searchable": Known(
            gettext_noop("Filen er et billede eller en skannet side, så portalen kan ikke lede efter CPR-numre i den."),
            Weight.IS_TOLD,
        ),
    }
)


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something found in a file. Kept as JSON, and worded when it is shown."""

    code: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def known(self) -> Known:
        return KNOWN[self.code]

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Finding:
        return cls(stored["code"], stored["params"])

    def as_violation(self, field: str = "file") -> Violation:
        """For whoever shows it: what is merely told does not block."""
        known = self.known
        return Violation(
            self.code,
            known.text,
            known.basis,
            field=field,
            params=self.params,
            is_blocking=known.weight is not Weight.IS_TOLD,
            is_confirmed=not known.basis,
        )


def stopping(findings: list[Finding]) -> list[Finding]:
    """What stops the file."""
    return [finding for finding in findings if finding.known.weight is Weight.STOPS]


def to_confirm(findings: list[Finding]) -> list[Finding]:
    """What somebody must have seen before the file counts."""
    return [finding for finding in findings if finding.known.weight is Weight.MUST_BE_CONFIRMED]


class Stopped(Exception):
    """The file cannot be taken, and why: raised while judging, so that nothing more is opened."""

    def __init__(self, code: str, **params: str) -> None:
        self.finding = Finding(code, params)
        super().__init__(code)
