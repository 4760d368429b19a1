"""The papers a case needs, by rule set and stage: documents D1-D26 of the domain dossier.

Basis: Almenboligloven § 91 a, stk. 3 (a comprehensive plan with a financing plan), with the regulations. Rule numbers and
certainty (domain.md, 10.1): each paper carries its own. Where a source speaks of one rule set only, the paper is listed for
the others as [INFERRED] when the duty is taken over (Q20), and left out when nothing speaks for it.
"""

import dataclasses
import enum
from collections.abc import Mapping
from types import MappingProxyType

from lbf_portal.lib.words import gettext_noop


class Certainty(enum.StrEnum):
    """How sure the dossier is: read in a source, read in an old one, or concluded."""

    SOURCE = "SOURCE"
    SOURCE_OLD = "SOURCE_OLD"
    INFERRED = "INFERRED"


class Stage(enum.StrEnum):
    """When in a case's life a paper is made, in the order of that life."""

    PREQUALIFICATION = "PREQUALIFICATION"
    ASSESSMENT = "ASSESSMENT"
    PLAN = "PLAN"
    LOCAL_APPROVAL = "LOCAL_APPROVAL"
    DECISION = "DECISION"
    RUNNING = "RUNNING"
    YEARLY = "YEARLY"
    CLOSING = "CLOSING"


STAGE_NAMES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.PREQUALIFICATION: gettext_noop("Prækvalifikation"),
        Stage.ASSESSMENT: gettext_noop("Vurdering"),
        Stage.PLAN: gettext_noop("Helhedsplan"),
        Stage.LOCAL_APPROVAL: gettext_noop("Lokal godkendelse"),
        Stage.DECISION: gettext_noop("Afgørelse"),
        Stage.RUNNING: gettext_noop("Løbende indsats"),
        Stage.YEARLY: gettext_noop("Hvert år"),
        Stage.CLOSING: gettext_noop("Afslutning"),
    }
)


class Maker(enum.StrEnum):
    """Who makes a paper."""

    APPLICANT = "APPLICANT"
    MUNICIPALITY = "MUNICIPALITY"
    PARTIES = "PARTIES"
    BOARD = "BOARD"
    FUND = "FUND"


@dataclasses.dataclass(frozen=True)
class Paper:
    """A document by its code in the dossier, and how sure it is that the rule set asks for it."""

    code: str
    name: str
    stage: Stage
    maker: Maker
    basis: str
    certainty: Certainty

    @property
    def is_confirmed(self) -> bool:
        return self.certainty is Certainty.SOURCE


_OLD, _SURE, _OURS = Certainty.SOURCE_OLD, Certainty.SOURCE, Certainty.INFERRED

# code: name, stage, who makes it, where it comes from
_KNOWN: Mapping[str, tuple[str, Stage, Maker, str]] = MappingProxyType(
    {
        "D1": (gettext_noop("Ansøgningsskema med stamdata"), Stage.PREQUALIFICATION, Maker.APPLICANT, "R63"),
        "D2": (gettext_noop("Beskrivelse af udfordringerne"), Stage.PREQUALIFICATION, Maker.APPLICANT, "R62"),
        "D3": (gettext_noop("Nøgletal for afdelingerne (KÅS-tal)"), Stage.PREQUALIFICATION, Maker.APPLICANT, "R64"),
        "D4": (gettext_noop("Budgetoverslag"), Stage.PREQUALIFICATION, Maker.APPLICANT, "R65"),
        "D5": (gettext_noop("Kommunal anbefaling"), Stage.PREQUALIFICATION, Maker.MUNICIPALITY, "R66"),
        "D6": (gettext_noop("Vurderingsnotat"), Stage.ASSESSMENT, Maker.FUND, "C14"),
        "D7": (gettext_noop("Partshøring"), Stage.ASSESSMENT, Maker.FUND, "R145"),
        "D8": (gettext_noop("Brev om prækvalifikation eller afslag"), Stage.ASSESSMENT, Maker.FUND, "R67"),
        "D9": (gettext_noop("Helhedsplan med finansieringsplan"), Stage.PLAN, Maker.PARTIES, "§ 91 a, stk. 3; R11"),
        "D10": (gettext_noop("Strategisk samarbejdsaftale"), Stage.PLAN, Maker.PARTIES, "R80"),
        "D11": (gettext_noop("Delaftale for hvert indsatsområde"), Stage.PLAN, Maker.PARTIES, "R83, R86"),
        "D12": (gettext_noop("Organisationsdiagram"), Stage.PLAN, Maker.PARTIES, "R86"),
        "D13": (gettext_noop("Beredskabsplan"), Stage.PLAN, Maker.PARTIES, "R86, R87"),
        "D14": (gettext_noop("Milepælsplan"), Stage.PLAN, Maker.PARTIES, "R86, R103"),
        "D15": (gettext_noop("Budget i Landsbyggefondens skabelon"), Stage.PLAN, Maker.PARTIES, "R86"),
        "D16": (gettext_noop("Aktivitetsskema"), Stage.PLAN, Maker.PARTIES, "R86"),
        "D17": (gettext_noop("Bilag med målinger ved starten"), Stage.PLAN, Maker.FUND, "R86"),
        "D18": (
            gettext_noop("Kommunalbestyrelsens og boligorganisationernes beslutninger"),
            Stage.LOCAL_APPROVAL,
            Maker.PARTIES,
            "R12, R74",
        ),
        "D19": (gettext_noop("Tilsagnsbrev"), Stage.DECISION, Maker.FUND, "11.2"),
        "D20": (gettext_noop("Bestyrelsens kommissorium"), Stage.RUNNING, Maker.BOARD, "R94"),
        "D21": (gettext_noop("Udbetalingsanmodning"), Stage.RUNNING, Maker.APPLICANT, "R112"),
        "D22": (
            gettext_noop("Opgørelse af reguleringskontoen med revisors erklæring"),
            Stage.YEARLY,
            Maker.APPLICANT,
            "R99-R101, R111",
        ),
        "D23": (gettext_noop("Målopfyldelsesskema"), Stage.YEARLY, Maker.BOARD, "R102"),
        "D24": (gettext_noop("Ansøgning om ændring"), Stage.RUNNING, Maker.BOARD, "R82"),
        "D25": (gettext_noop("Slutrapport, endeligt regnskab og evaluering"), Stage.CLOSING, Maker.PARTIES, "R109"),
        "D26": (gettext_noop("Referater fra bestyrelsen"), Stage.RUNNING, Maker.BOARD, "R91"),
    }
)


def _papers(*, sure: str = "", old: str = "", ours: str = "") -> tuple[Paper, ...]:
    """The papers of a rule set by how sure each is, in the dossier's order."""
    certainties = dict.fromkeys(ours.split(), _OURS) | dict.fromkeys(old.split(), _OLD) | dict.fromkeys(sure.split(), _SURE)
    return tuple(Paper(code, *_KNOWN[code], certainties[code]) for code in _KNOWN if code in certainties)


# The page on the money of 2011-14 names the application's papers and the yearly duties; of an agreement with annexes it does
# not speak [S5][S52].
PAPERS_2011 = _papers(old="D1 D2 D3 D4 D5 D8 D9 D14 D22 D23", ours="D6 D7 D18 D19 D21 D24 D25")
# The agreement's template of 2015-18 names its annexes [S48]; the yearly duties are taken over from 2011-14 (Q20).
PAPERS_2015 = _papers(
    old="D1 D2 D3 D4 D5 D8 D9 D10 D11 D12 D13 D14 D15 D16 D17 D18 D24",
    ours="D6 D7 D19 D20 D21 D22 D23 D25 D26",
)
# The letter on the regulation of 2019 confirms agreement and plan [S4]; the rest is taken over from before (Q1, Q20).
PAPERS_2019 = _papers(
    sure="D9 D10",
    old="D1 D2 D3 D4 D5 D8 D11 D12 D13 D14 D15 D16 D17 D18 D22 D23 D24",
    ours="D6 D7 D19 D20 D21 D25 D26",
)
