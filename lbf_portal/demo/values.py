"""What the demo's cases say: plain Danish from small building blocks, and numbers that could be true.

Nothing is left to chance: dice are thrown by name, so the same case says the same in every demo.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from applications.rules.cofinancing import Kind, Source
from applications.rules.prequalification import Problem
from applications.rules.rule_sets import RuleSet
from applications.transitions import FigureChoice, FundingChoice

SEED = "lbf_portal demo 2019-2026"
THOUSAND, MIO = Decimal(1_000), Decimal(1_000_000)


def dice(*name: object) -> random.Random:
    """Dice of their own for each subject, so that a new subject moves no other."""
    return random.Random(":".join(map(str, (SEED, *name))))  # noqa: S311 - demo values, no secrets


def happens(chance: float, luck: random.Random) -> bool:
    """Throw the dice for something that happens in so many cases of a hundred (0.25: one in four)."""
    return luck.random() < chance


def rounded(amount: Decimal, to: Decimal) -> Decimal:
    """The amount to the nearest multiple, and not less than one."""
    return max((amount / to).quantize(Decimal(1)) * to, to)


# Money


def funding(social: Decimal, luck: random.Random) -> tuple[Decimal, list[FundingChoice]]:
    """The budget of an effort whose fund part is `social`: at least a quarter is paid locally in cash (R75, R76)."""
    fund_share = Decimal(luck.choice(("0.62", "0.66", "0.68", "0.70", "0.72", "0.75")))
    total = rounded(social / fund_share + 20 * THOUSAND, 10 * THOUSAND)
    local = total - social
    others = Decimal(0)
    if fund_share <= Decimal("0.70") and happens(0.5, luck):
        others = (local - total / 4) * Decimal("0.6") // THOUSAND * THOUSAND
    municipality = (local - others) * Decimal(luck.choice(("0.40", "0.50", "0.55"))) // THOUSAND * THOUSAND
    departments = (local - others) * Decimal(luck.choice(("0", "0.10", "0.15"))) // THOUSAND * THOUSAND
    lines = [
        FundingChoice(Source.FUND, social),
        FundingChoice(Source.MUNICIPALITY, municipality, note=luck.choice(FROM_MUNICIPALITY)),
        FundingChoice(Source.ORGANISATION, local - others - municipality - departments, note=luck.choice(FROM_ORGANISATION)),
    ]
    if departments:
        lines.append(FundingChoice(Source.DEPARTMENT, departments, note="Fra afdelingernes egne midler"))
    if others:
        kind, note = luck.choice(FROM_OTHERS)
        lines.append(FundingChoice(Source.OTHER, others, kind, note))
    return total, lines


FROM_MUNICIPALITY = ("Medarbejdere og kontante midler", "Bevilget i kommunens budget", "To årsværk og et årligt tilskud")
FROM_ORGANISATION = ("Fra dispositionsfonden", "Dispositionsfonden og driften", "Vedtaget af organisationsbestyrelsen")
FROM_OTHERS = (
    (Kind.CASH, "Bevilling fra en privat fond"),
    (Kind.IN_KIND, "Frivilliges arbejdstid i lektiecaféen"),
    (Kind.IN_KIND, "Lokaler stillet til rådighed af idrætsforeningen"),
)


# Words of the application

TITLES = (
    "Sammen om {area}",
    "{area} i bevægelse",
    "Fremtid i {area}",
    "Naboskab i {area}",
    "Vi løfter {area}",
    "Hverdag og håb i {area}",
    "{area} – trygt og levende",
    "Nye veje i {area}",
)

PROBLEMS: dict[Problem, tuple[str, ...]] = {
    Problem.SOCIAL_PROBLEMS: (
        "Hver tredje voksne i {area} er uden arbejde, og mange har været det længe.",
        "Mange unge i {area} går ud af skolen uden en plan for, hvad de skal bagefter.",
        "Flere familier i {area} har brug for hjælp til hverdagen, før den hjælp når frem.",
    ),
    Problem.HIGH_MOVING_RATE: (
        "Hvert femte hjem skifter beboere i løbet af et år, og naboer når ikke at lære hinanden at kende.",
        "De familier, der får arbejde, flytter som regel igen inden for få år.",
    ),
    Problem.HIGH_RENT: (
        "Huslejen er højere end i byens andre almene boliger, og større familier har svært ved at blive boende.",
        "Huslejen er steget efter renoveringen, og flere lejligheder har stået tomme i månedsvis.",
    ),
    Problem.VIOLENCE: (
        "Der har været flere overfald på stierne omkring centret, og beboere går nødigt ud efter mørkets frembrud.",
    ),
    Problem.VANDALISM: (
        "Kælderrum og opgange bliver ødelagt, og afdelingerne bruger hvert år mange penge på at udbedre skaderne.",
        "Hærværk på legepladser og i vaskerier præger området.",
    ),
    Problem.WEAR: ("Friarealerne er slidte og mørke, og de bruges næsten ikke.",),
    Problem.OTHER: ("Få beboere stiller op til afdelingsbestyrelsen, og to afdelinger har haft svært ved at få den besat.",),
}
CLOSING_WORDS = (
    "Beboere, skole og kommune har på tre møder peget på de samme ting, og de vil gerne løse dem sammen.",
    "Vi bygger videre på det, der har virket, og stopper det, der ikke har.",
    "Beboerne har været med til at vælge, hvad vi skal begynde med.",
    "Kommunens egne indsatser når ikke ud til alle. Derfor skal der være nogen, som kender beboerne.",
)
COORDINATION = (
    "Indsatsen følger kommunens plan for området. En fælles styregruppe mødes hvert kvartal.",
    "Projektlederen sidder med i kommunens arbejdsgruppe om bydelen, og årsplanerne lægges samlet.",
    "",
)
CONNECTIONS = (
    "Børnene går i den samme skole, og afdelingen bruger det samme beboerhus.",
    "Afdelingen ligger på den anden side af vejen og har de samme udfordringer.",
)

_USUAL = (Problem.SOCIAL_PROBLEMS, Problem.HIGH_MOVING_RATE, Problem.VANDALISM)


def problems(luck: random.Random, *, has_high_rent: bool) -> list[Problem]:
    """Two to four problems; whoever asks for rent support has a high rent."""
    chosen = {Problem.SOCIAL_PROBLEMS, luck.choice(_USUAL[1:]), luck.choice(list(Problem))}
    if has_high_rent:
        chosen.add(Problem.HIGH_RENT)
    return [problem for problem in Problem if problem in chosen]


def challenges(area: str, named: Sequence[Problem], luck: random.Random) -> str:
    """The problems in words."""
    sentences = [luck.choice(PROBLEMS[problem]).format(area=area) for problem in named]
    return " ".join([*sentences, luck.choice(CLOSING_WORDS)])


@dataclass(frozen=True)
class ProblemCount:
    """What a problem is counted in, and between which numbers."""

    low: int
    high: int
    unit: str
    source: str


PROBLEM_COUNTS = {
    Problem.HIGH_RENT: ProblemCount(880, 1120, "kr. pr. m² om året", "Afdelingernes budgetter"),
    Problem.HIGH_MOVING_RATE: ProblemCount(13, 26, "procent fraflytninger om året", "Boligorganisationens udlejning"),
    Problem.SOCIAL_PROBLEMS: ProblemCount(28, 52, "procent af lejerne", "KÅS-tal"),
    Problem.VIOLENCE: ProblemCount(6, 38, "anmeldelser om året", "Politikredsen"),
    Problem.VANDALISM: ProblemCount(12, 90, "anmeldelser om året", "Politikredsen"),
}
NO_KEY_FIGURES = (
    "Afdelingen har for få beboere til, at tallene offentliggøres.",
    "Tallene er bestilt hos Danmarks Statistik og eftersendes.",
)


def problem_figure(problem: str, luck: random.Random) -> FigureChoice | None:
    """A figure of last year; not every problem can be counted."""
    count = PROBLEM_COUNTS.get(Problem(problem))
    if count is None:
        return None
    return FigureChoice(problem, Decimal(luck.randint(count.low, count.high)), count.unit, source=count.source)


def key_figures(luck: random.Random) -> dict[str, Decimal | None]:
    """The five key figures of a department, in per cent with one decimal."""
    between = {
        "outside_labour_market_pct": (310, 520),
        "convicted_pct": (8, 30),
        "basic_school_only_pct": (480, 760),
        "income_pct_of_region": (480, 640),
        "non_western_pct": (280, 700),
    }
    return {name: Decimal(luck.randint(low, high)) / 10 for name, (low, high) in between.items()}


# Words of the plan


@dataclass(frozen=True)
class Profile:
    """An indicator as demo values need it: where areas begin, how far four years can take them, and the goals set on it."""

    low: str
    high: str
    change: str
    goals: tuple[str, ...]
    party: str
    decimals: int = 1
    # Registers come at different times: incomes a year after the rest (C24, R140).
    lag: int = 0


PROFILES: dict[str, Profile] = {
    "boern-i-dagtilbud": Profile(
        "68", "80", "8", ("Flere af de mindste børn går i vuggestue og børnehave",), "Kommunens dagtilbud", lag=1
    ),
    "trivsel-i-skolen": Profile(
        "3.2", "3.6", "0.3", ("Flere børn er glade for at gå i skole",), "Skolen og projektlederen", decimals=2
    ),
    "beboernes-uddannelse": Profile(
        "36", "48", "5", ("Flere voksne får en uddannelse ud over grundskolen",), "Jobcentret og projektlederen"
    ),
    "unge-uden-uddannelse": Profile(
        "14", "26", "-7", ("Flere unge er i gang med uddannelse eller arbejde", "Færre unge står uden plan"), "Ungeenheden"
    ),
    "ledighed": Profile("9", "17", "-4", ("Flere ledige kommer i job eller praktik",), "Jobcentret"),
    "beskaeftigelse": Profile("42", "56", "7", ("Flere voksne har et arbejde", "Flere kvinder kommer i job"), "Jobcentret"),
    "indkomst": Profile(
        "196000", "242000", "21000", ("Flere familier kan klare sig af egen indkomst",), "Projektlederen", decimals=0, lag=1
    ),
    "offentlig-forsoergelse": Profile("31", "44", "-6", ("Færre lever af offentlig forsørgelse",), "Jobcentret", lag=1),
    "kriminalitet": Profile(
        "2.1", "3.9", "-0.9", ("Færre unge begår kriminalitet", "Unge får voksne at gå til, før det går galt"), "SSP og politiet"
    ),
    "tryghed": Profile("58", "74", "10", ("Flere føler sig trygge, når de går hjem om aftenen",), "Boligorganisationen"),
    "valgdeltagelse": Profile(
        "44", "58", "8", ("Flere stemmer og deltager i beboerdemokratiet",), "Beboerhuset og projektlederen"
    ),
    "fraflytning": Profile("15", "24", "-5", ("Flere familier bliver boende",), "Boligorganisationen"),
}

# Goals of an effort area, by rule set; the areas of 2015-18 have no catalogue of their own (Q19), so they borrow its indicators.
INDICATORS: dict[RuleSet, dict[str, tuple[str, ...]]] = {
    RuleSet.R2015: {
        "SAFETY_AND_WELL_BEING": ("tryghed", "fraflytning"),
        "CRIME_PREVENTIVE_EFFORT": ("kriminalitet",),
        "EDUCATION_AND_EMPLOYMENT": ("beskaeftigelse", "unge-uden-uddannelse", "ledighed"),
        "PARENTAL_RESPONSIBILITY": ("boern-i-dagtilbud", "trivsel-i-skolen"),
    },
    RuleSet.R2019: {
        "EDUCATION": ("unge-uden-uddannelse", "boern-i-dagtilbud", "trivsel-i-skolen", "beboernes-uddannelse"),
        "EMPLOYMENT": ("beskaeftigelse", "ledighed", "offentlig-forsoergelse", "indkomst"),
        "CRIME_PREVENTION": ("kriminalitet", "tryghed"),
        "COHESION": ("fraflytning", "valgdeltagelse"),
    },
}

SUMMARIES = (
    "Indsatsen møder beboerne der, hvor de er: i skolen, i beboerhuset og hjemme. Fire medarbejdere arbejder fast i området.",
    "Vi samler børn, unge og familier om få ting, der virker: lommepengejob, lektiehjælp, jobvejledning og fælles aktiviteter.",
    "Planen hænger sammen med kommunens indsatser. Den lokale bestyrelse følger målene to gange om året og retter til undervejs.",
    "Beboerne driver flere og flere af aktiviteterne selv. Medarbejderne hjælper i gang og trækker sig, når det kan stå alene.",
)


@dataclass(frozen=True)
class Course:
    """A goal's way from its baseline to its target, and how far the area really comes in the four years."""

    baseline: Decimal
    target: Decimal
    walked: Decimal
    unit: Decimal
    lag: int

    def value_after(self, share: Decimal, luck: random.Random) -> Decimal:
        """The value when this share of the time has gone, with the small ups and downs that registers have."""
        way = self.target - self.baseline
        unrest = Decimal(luck.randint(-12, 12)) / 100
        return (self.baseline + way * (self.walked * share + unrest * min(share * 4, Decimal(1)))).quantize(self.unit)


def course(code: str, luck: random.Random) -> Course:
    """Some areas reach their target, most come some of the way, a few move away from it."""
    profile = PROFILES[code]
    unit = Decimal(1).scaleb(-profile.decimals)
    low, high = Decimal(profile.low), Decimal(profile.high)
    baseline = (low + (high - low) * luck.randint(0, 100) / 100).quantize(unit)
    target = (baseline + Decimal(profile.change) * luck.randint(70, 120) / 100).quantize(unit)
    walked = Decimal(luck.choice(("1.25", "1.1", "1.05", "0.8", "0.65", "0.5", "0.4", "0.1", "-0.4")))
    return Course(baseline, target, walked, unit, profile.lag)


def is_suppressed(luck: random.Random) -> bool:
    """Now and then so few people stand behind a number that the register hides it (C22, C23)."""
    return happens(0.05, luck)


SUPPRESSED = "Skjult i kilden: færre end fem personer"


# Words of the fund and the parties

ASK = (
    "Beskriv, hvordan indsatsen hænger sammen med kommunens egen ungeindsats.",
    "Uddyb, hvorfor netop disse afdelinger er med, og send de seneste tal for fraflytning.",
    "Budgettet viser ikke, hvad kommunens bidrag dækker. Skriv det for hvert år.",
)
ANSWER = (
    "Vi har uddybet beskrivelsen og talt med kommunens ungeenhed. Tallene står nu i ansøgningen.",
    "Kommunens bidrag dækker to medarbejdere og aktiviteter. Det er skrevet ind i budgettet.",
)
WAIT = "Indsatsen opfylder betingelserne, men der er ikke plads i årets ramme. Sagen tages op igen, når næste års ramme åbner."
PREQUALIFY = (
    "Området har væsentlige sociale problemer, og parterne har vist, at de kan løfte en fælles indsats.",
    "Udfordringerne er godt beskrevet, og den lokale medfinansiering er på plads. Planen skal have færre og klarere mål.",
    "Området er udsat, og den tidligere indsats har givet resultater. Den nye plan skal bygge videre på dem.",
)
HEAR = (
    "Vi overvejer at give afslag. Problemerne i afdelingerne er efter de oplysninger, vi har, ikke større end i resten af byen.",
    "Vi overvejer at give afslag. Det fremgår ikke, hvordan indsatsen adskiller sig fra kommunens almindelige opgaver.",
)
HEAR_PLAN = "Vi overvejer at give afslag. Planens mål kan ikke måles, og den lokale medfinansiering er ikke længere bekræftet."
REPLY = (
    "Vi mener, at problemerne er større end i resten af byen, og henviser til de vedlagte tal for fraflytning.",
    "Vi har drøftet sagen med kommunen og fastholder ansøgningen.",
)
RESUME = "Bemærkningerne giver nye oplysninger om fraflytningen. Sagen vurderes på ny."
REFUSE = (
    "Der er ikke fundet væsentlige problemer i afdelingerne, og bemærkningerne til høringen ændrer ikke vurderingen.",
    "Indsatsen svarer til opgaver, som kommunen allerede løser. Midlerne prioriteres til områder med større problemer.",
)
WITHDRAW = (
    "Organisationsbestyrelsen har besluttet at vente, til renoveringen er færdig.",
    "Kommunen har ikke kunnet afsætte midler i det kommende budget.",
)
LAPSE = (
    "Der er ikke kommet svar på vores henvendelser inden for fristen.",
    "Helhedsplanen er ikke kommet videre, siden sagen blev prækvalificeret.",
)
RECALL = "Byrådet har bedt om at få målene for de unge skrevet tydeligere."
RETURN = "Målene for beskæftigelse mangler et udgangspunkt, der kan måles på. Ret planen, og send den til underskrift igen."
RECOMMEND = (
    "Planen er gennemarbejdet, målene kan måles, og parterne bidrager med mere end en fjerdedel af budgettet.",
    "Parterne har underskrevet aftalen, bestyrelsen er på plads, og der er plads i årets ramme.",
)
COMMIT = (
    "Indsatsen opfylder betingelserne for tilsagn, og området har fortrin.",
    "Indsatsen opfylder betingelserne for tilsagn. Der er lagt vægt på de lokale parters bidrag og på målbare mål.",
)
CHANGE = (
    "Vi vil gerne flytte en del af budgettet fra fællesaktiviteter til ungeindsatsen.",
    "To mål om beskæftigelse skal følge jobcentrets nye opgørelse.",
)
APPROVE_CHANGE = "Ændringen følger planens formål og holder sig inden for budgettet."
REJECT_CHANGE = "Ændringen flytter penge væk fra de mål, tilsagnet er givet til."
EXTEND = "Indsatsen kom senere i gang end planlagt og har midler til at fortsætte uden nye penge."
CLOSE = (
    "Slutregnskabet er godkendt. De ubrugte midler går tilbage til rammen.",
    "Slutregnskab og evaluering er modtaget og godkendt.",
)
REVOKE = "Indsatsen er ikke kommet i gang, og parterne er enige om, at den ikke kan gennemføres."
CARRY = "Uforbrugte midler overføres til det følgende år. En mindre del bliver stående til rettelser af årets tilsagn."
CARRY_ON = "Økonomis beslutning af 15. januar om at føre tidligere overførte midler videre"
CLOSE_YEAR = "Alle indsatser med tilsagn fra året er afsluttet."

BOARD_TITLES = ("Direktør", "Områdechef", "Driftschef")
MUNICIPAL_TITLES = ("Afdelingschef", "Børne- og ungechef", "Beskæftigelseschef", "Socialchef")
OTHER_SEATS = (("Skoleleder", "Folkeskolen i området"), ("Lokalpolitibetjent", "Politiet"), ("Formand", "Idrætsforeningen"))

DEPARTMENT_NAMES = ("Nord", "Syd", "Øst", "Vest", "Midt", "Park", "Have", "Torv")


def residents_by_year(latest: int, years: range, luck: random.Random) -> dict[datetime.date, int]:
    """Residents on 1 January of each year: as many in the last one as said, and a little more or less in each before it."""
    counts: dict[datetime.date, int] = {}
    residents = latest
    for year in reversed(years):
        counts[new_year(year)] = residents
        residents = max(round(residents * luck.uniform(0.97, 1.03)), 1)
    return counts


def dwellings_by_kind(dwellings: int, luck: random.Random) -> tuple[int, int, int]:
    """For families, young people and the elderly: mostly the first; every third department has some of the second."""
    youth = luck.randint(4, 12) if happens(1 / 3, luck) else 0
    elderly = luck.randint(4, 8) if happens(0.25, luck) else 0
    elderly = min(elderly, max(dwellings - youth, 0))
    return dwellings - youth - elderly, youth, elderly


def new_year(year: int) -> datetime.date:
    """The first of January."""
    return datetime.date(year, 1, 1)
