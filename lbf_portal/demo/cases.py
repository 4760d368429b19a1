"""How a case of the demo goes: people call the portal's own transitions, each on its day, in the order of time.

Every story is an iterator that yields the moment of its next step and takes the step when it is resumed; the stage resumes
whoever is next. So events, postings and case numbers come in the order in which they would have come.
"""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from applications import facts
from applications import transitions as acts
from applications.models import Application, IndicatorDefinition, SeatKind
from applications.rules.rule_sets import TERMS, RuleSet
from areas.models import Department
from lbf_portal.demo import people, values
from lbf_portal.demo.cases_outline import Ending, Milestone, Plot, Twist
from lbf_portal.demo.world import Site, World

Story = Iterator[datetime.datetime]
YEARS = 4
MANY_DEPARTMENTS = 4
DAYS_TO_COMMENT = 21
HIGHEST_RATE = 285
SATURDAY = 5
VISITOR_ON_BOARD = "bestyrelse@lbf.example"


@dataclass
class Stage:
    """Plays stories together: whoever has the earliest next step is resumed."""

    until: datetime.datetime
    tell: Callable[[datetime.datetime], None]
    _waiting: list[tuple[datetime.datetime, int, Story]] = field(default_factory=list)
    _entered: int = 0

    def enter(self, story: Story) -> None:
        """Let a story begin; what would happen after the curtain does not happen."""
        moment = next(story, None)
        if moment is not None and moment < self.until:
            self._entered += 1
            heapq.heappush(self._waiting, (moment, self._entered, story))

    def play(self) -> None:
        """Until nothing is left to do before the curtain."""
        while self._waiting:
            moment, _number, story = heapq.heappop(self._waiting)
            self.tell(moment)
            self.enter(story)


def moment_of(day: datetime.date, *, hour: int, minute: int = 0) -> datetime.datetime:
    """A moment in Danish time."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def working_day(day: datetime.date) -> datetime.date:
    """The day, or the Friday before a weekend."""
    return day - datetime.timedelta(days=max(0, day.weekday() - SATURDAY + 1))


@dataclass
class Case:
    """One case and everybody in it. `play` is its story up to the commitment, or wherever it ends."""

    plot: Plot
    world: World
    indicators: dict[str, IndicatorDefinition]
    # What a commitment sets going (cases_efforts.py).
    then: Callable[[Case], None]
    application: Application = field(init=False)
    _chosen: list[acts.DepartmentChoice] = field(init=False)

    def __post_init__(self) -> None:
        self.luck = self.plot.luck
        self.at = moment_of(working_day(self.plot.created_on), hour=8)
        self.officer = self.luck.choice(self.world.case_officers)

    @property
    def site(self) -> Site:
        return self.plot.site

    @property
    def organisation(self) -> Organisation:
        return self.site.organisation

    @cached_property
    def applicant(self) -> Actor:
        return self.world.applicant(self.organisation)

    @cached_property
    def partner(self) -> Organisation | None:
        """In some areas the other housing organisation takes part."""
        neighbour = self.world.neighbour(self.site)
        is_large = self.plot.department_count >= MANY_DEPARTMENTS
        return neighbour.organisation if neighbour and is_large and values.happens(0.35, self.luck) else None

    @cached_property
    def departments(self) -> list[Department]:
        neighbour = self.world.neighbour(self.site) if self.partner else None
        if neighbour is None:
            return self.world.departments(self.site, self.plot.department_count)
        return [*self.world.departments(self.site, self.plot.department_count - 1), *self.world.departments(neighbour, 1)]

    @property
    def rules(self) -> RuleSet:
        return RuleSet(self.application.rule_set)

    # Time

    def on_day(self, day: datetime.date) -> datetime.datetime:
        """A moment of the day in office hours, after everything that has happened."""
        wanted = moment_of(working_day(day), hour=self.luck.randint(8, 15), minute=self.luck.randint(0, 59))
        self.at = max(wanted, self.at + datetime.timedelta(minutes=7))
        return self.at

    def later(self, fewest: int, most: int) -> datetime.datetime:
        """Some days later."""
        return self.on_day(self.at.date() + datetime.timedelta(days=self.luck.randint(fewest, most)))

    def _due(self, milestone: Milestone) -> datetime.datetime:
        whole = self.plot.decided_on - self.plot.created_on
        return self.on_day(self.plot.created_on + whole * float(milestone))

    # The story

    def play(self) -> Story:
        for milestone, act in self._steps():
            if milestone > self.plot.wanted.reaches:
                break
            yield self._due(milestone)
            act()
        yield from self._ending()

    def _steps(self) -> list[tuple[Milestone, Callable[[], None]]]:
        m, twists = Milestone, self._twists()
        steps = [
            (m.CREATED, self.create, None),
            (m.FILLED, self.fill_in, None),
            (m.SUBMITTED, self.submit, None),
            (m.ASSESSMENT, self.start_assessment, None),
            (m.ASKED, self.ask, Twist.ASKED),
            (m.ANSWERED, self.answer, Twist.ASKED),
            (m.HEARD, self.hear, Twist.HEARD),
            (m.REPLIED, self.reply, Twist.HEARD),
            (m.RESUMED, self.resume, Twist.HEARD),
            (m.WAITING, self.wait, Twist.WAITING),
            (m.PREQUALIFIED, self.prequalify, None),
            (m.PLAN_STARTED, self.start_plan, None),
            (m.PLAN_WRITTEN, self.write_plan, None),
            (m.GOALS, self.set_goals, None),
            (m.BOARD, self.register_board, None),
            (m.SENT, self.send_for_signature, None),
            (m.RECALLED, self.recall, Twist.RECALLED),
            (m.SENT_AGAIN, self.send_for_signature, Twist.RECALLED),
            (m.SIGNED, self.sign_for_housing, None),
            (m.COSIGNED, self.sign_for_municipality, None),
            (m.RETURNED, self.hear_on_plan, Twist.PLAN_HEARD),
            (m.RETURNED, self.return_plan, Twist.RETURNED),
            (m.CORRECTED, self.send_for_signature, Twist.RETURNED),
            (m.SIGNED_AGAIN, self.sign_for_housing, Twist.RETURNED),
            (m.COSIGNED_AGAIN, self.sign_for_municipality, Twist.RETURNED),
            (m.RECOMMENDED, self.recommend, None),
            (m.COMMITTED, self.commit, None),
        ]
        return [(milestone, act) for milestone, act, twist in steps if twist is None or twist in twists]

    def _twists(self) -> frozenset[Twist]:
        """Those that the plot asks for, and some more on the long way to a commitment."""
        if not self.plot.wanted.is_committed:
            return self.plot.wanted.twists
        odds = {Twist.ASKED: 0.25, Twist.HEARD: 0.05, Twist.WAITING: 0.1, Twist.RECALLED: 0.08, Twist.RETURNED: 0.15}
        return frozenset(twist for twist, chance in odds.items() if values.happens(chance, self.luck))

    def _ending(self) -> Story:
        if self.plot.wanted.ending is Ending.REFUSED:
            if Twist.PLAN_HEARD in self.plot.wanted.twists:
                yield self.later(10, 15)
                self.reply()
            yield self.later(15, 40)
            acts.refuse(self.application, by=self.world.director, at=self.at, reason=self.luck.choice(values.REFUSE))
        if self.plot.wanted.ending is Ending.WITHDRAWN:
            yield self.later(14, 50)
            acts.withdraw(self.application, by=self.applicant, at=self.at, reason=self.luck.choice(values.WITHDRAW))
        if self.plot.wanted.ending is Ending.LAPSED:
            yield self.later(60, 120)
            reason = self.luck.choice(values.LAPSE)
            acts.lapse(self.application, by=self.luck.choice((self.officer, SYSTEM)), at=self.at, reason=reason)

    # The application

    def create(self) -> None:
        self.application = acts.create_application(
            title=self.plot.title,
            area=self.site.area,
            organisation=self.organisation,
            by=self.applicant,
            at=self.at,
            is_demo=True,
        )

    def fill_in(self) -> None:
        by, at = self.applicant, self.at
        acts.save_basics(
            self.application,
            title=self.plot.title,
            participants=[self.partner] if self.partner else [],
            expected_start_on=self.plot.starts_on,
            by=by,
            at=at,
        )
        self._chosen = choices = self._department_choices()
        acts.save_departments(self.application, choices, is_confirmed=True, by=by, at=at)
        acts.save_figures(self.application, self._key_figures(choices), by=by, at=at)
        named = values.problems(self.luck, has_high_rent=bool(self.plot.rent))
        acts.save_challenges(
            self.application,
            problem_types=named,
            challenges=values.challenges(self.site.area.name, named, self.luck),
            coordination=self.luck.choice(values.COORDINATION),
            figures=self._problem_figures(named),
            by=by,
            at=at,
        )
        if self.plot.wanted.reaches > Milestone.FILLED:
            self._save_money(by, at)

    def _department_choices(self) -> list[acts.DepartmentChoice]:
        choices = [acts.DepartmentChoice(department) for department in self.departments]
        if self.plot.department_count > 1 and values.happens(0.15, self.luck):
            reason = self.luck.choice(values.CONNECTIONS)
            choices.append(acts.DepartmentChoice(self.world.connected_department(self.site, reason), True, reason))
        return choices

    def _key_figures(self, choices: list[acts.DepartmentChoice]) -> list[acts.KeyFiguresChoice]:
        """Dice of their own: what else a case is made of stays as it is."""
        dice = values.dice("key figures", self.plot.title, self.plot.created_on)
        year = self.at.year - 1
        return [
            acts.KeyFiguresChoice(choice.department, year, values.key_figures(dice))
            if values.happens(0.85, dice)
            else acts.KeyFiguresChoice(choice.department, absence=dice.choice(values.NO_KEY_FIGURES))
            for choice in choices
        ]

    def _problem_figures(self, named: Sequence[str]) -> list[acts.FigureChoice]:
        dice = values.dice("problems", self.plot.title, self.plot.created_on)
        year = self.at.year - 1
        figures = [values.problem_figure(problem, dice) for problem in named]
        return [replace(figure, year=year) for figure in figures if figure is not None]

    def _save_money(self, by: Actor, at: datetime.datetime) -> None:
        total, lines = values.funding(self.plot.social, self.luck)
        acts.save_budget(self.application, total_budget=total, lines=lines, by=by, at=at)
        if self.plot.rent:
            acts.save_rent_support(self.application, wants_rent_support=True, lines=self._rent_lines(), by=by, at=at)

    def _rent_lines(self) -> list[acts.RentChoice]:
        """One rate a m² for all departments of the case, over the whole effort (R124, R125), and not an unusual one (R120)."""
        areas = {department: department.floor_area_m2 or Decimal(0) for department in self.departments}
        rate = values.rounded(self.plot.rent / (sum(areas.values(), start=Decimal(0)) * YEARS), Decimal("0.5"))
        rate = min(rate, Decimal(HIGHEST_RATE))
        return [
            acts.RentChoice(department, rate, area, self.plot.starts_on, self.plot.ends_on) for department, area in areas.items()
        ]

    def submit(self) -> None:
        # A new year's count of residents may have come since they confirmed the master data.
        acts.save_departments(self.application, self._chosen, is_confirmed=True, by=self.applicant, at=self.at)
        acts.submit(self.application, by=self.applicant, at=self.at)

    # The fund, up to prequalification

    def start_assessment(self) -> None:
        acts.start_assessment(self.application, by=self.officer, at=self.at)

    def ask(self) -> None:
        acts.request_information(self.application, by=self.officer, at=self.at, reason=self.luck.choice(values.ASK))

    def answer(self) -> None:
        acts.answer_information(self.application, by=self.applicant, at=self.at, reason=self.luck.choice(values.ANSWER))

    def hear(self) -> None:
        self._open_hearing(self.luck.choice(values.HEAR))

    def hear_on_plan(self) -> None:
        self._open_hearing(values.HEAR_PLAN)

    def _open_hearing(self, reason: str) -> None:
        deadline = self.at.date() + datetime.timedelta(days=DAYS_TO_COMMENT)
        acts.open_hearing(self.application, by=self.officer, at=self.at, reason=reason, deadline=deadline)

    def reply(self) -> None:
        acts.answer_hearing(self.application, by=self.applicant, at=self.at, reply=self.luck.choice(values.REPLY))

    def resume(self) -> None:
        acts.resume(self.application, by=self.officer, at=self.at, reason=values.RESUME)

    def wait(self) -> None:
        acts.put_on_waiting_list(self.application, by=self.officer, at=self.at, reason=values.WAIT)

    def prequalify(self) -> None:
        reason = self.luck.choice(values.PREQUALIFY)
        acts.prequalify(self.application, by=self.officer, at=self.at, reason=reason, expected=self._expected())

    def _expected(self) -> acts.Expected | None:
        """Most of this year's cases hold what their budget asks for; older ones were prequalified before anybody reserved."""
        dice = values.dice("reservation", self.plot.title, self.plot.created_on)
        if self.at.year != self.world.today.year or not values.happens(0.7, dice):
            return None
        return acts.Expected(self.at.year, facts.of_budget(self.application).fund, facts.rent_total(self.application))

    # The plan and the agreement

    def start_plan(self) -> None:
        acts.start_plan(self.application, by=self.applicant, at=self.at)

    @cached_property
    def effort_areas(self) -> list[str]:
        codes = [area.code for area in TERMS[self.rules].effort_areas]
        chosen = set(self.luck.sample(codes, k=self.luck.choice((2, 3, 3, 4))))
        return [code for code in codes if code in chosen]

    def write_plan(self) -> None:
        acts.save_plan(
            self.application,
            starts_on=self.plot.starts_on,
            ends_on=self.plot.ends_on,
            summary=self.luck.choice(values.SUMMARIES),
            effort_areas=self.effort_areas,
            by=self.applicant,
            at=self.at,
        )

    @cached_property
    def courses(self) -> dict[str, values.Course]:
        """The indicators of the plan, by code: where they begin, where they shall go, and how far they will come."""
        return {code: values.course(code, self.luck) for _area, code in self._chosen_indicators}

    @cached_property
    def _chosen_indicators(self) -> list[tuple[str, str]]:
        chosen: list[tuple[str, str]] = []
        for area in self.effort_areas:
            codes = values.INDICATORS[self.rules][area]
            chosen += [(area, code) for code in self.luck.sample(codes, k=min(len(codes), self.luck.choice((1, 2, 2))))]
        return chosen

    def set_goals(self) -> None:
        goals = [
            acts.GoalChoice(
                effort_area=area,
                indicator=self.indicators[code],
                sub_goal=self.luck.choice(values.PROFILES[code].goals),
                responsible_party=values.PROFILES[code].party,
                baseline_value=self.courses[code].baseline,
                baseline_on=datetime.date(self.plot.starts_on.year - 2 - self.courses[code].lag, 12, 31),
                target_value=self.courses[code].target,
                target_on=self.plot.ends_on,
            )
            for area, code in self._chosen_indicators
        ]
        acts.save_goals(self.application, goals, by=self.applicant, at=self.at)

    def register_board(self) -> None:
        acts.save_board(self.application, list(self._seats()), by=self.applicant, at=self.at)

    def _seats(self) -> Iterator[acts.SeatChoice]:
        """A chair of the housing organisation, the municipality, perhaps others, and a secretary: named by role (R89-R98)."""
        municipality = self.site.municipality.organisation
        for number, party in enumerate(self.application.housing_organisations()):
            yield self._seat(self.luck.choice(values.BOARD_TITLES), party, is_chair=number == 0)
        for title in self.luck.sample(values.MUNICIPAL_TITLES, k=2):
            yield self._seat(title, municipality)
        for title, other in self.luck.sample(values.OTHER_SEATS, k=self.luck.choice((0, 1, 2))):
            yield self._seat(title, None, other=other)
        if self.plot.wanted.has_visitor_on_board:
            visitor = people.person_of(VISITOR_ON_BOARD)
            assert visitor is not None
            yield replace(self._seat("Beboervalgt", None, other="Beboerne i området"), name=visitor.name, email=visitor.email)
        yield self._seat("Projektleder", self.organisation, kind=SeatKind.SECRETARIAT)

    def _seat(
        self,
        title: str,
        organisation: Organisation | None,
        *,
        other: str = "",
        is_chair: bool = False,
        kind: SeatKind = SeatKind.BOARD,
    ) -> acts.SeatChoice:
        return acts.SeatChoice(
            kind=kind,
            name=f"{title}, {organisation or other}",
            email="",
            title=title,
            organisation=organisation,
            other_organisation=other,
            is_chair=is_chair,
            valid_from=self.at.date(),
        )

    def send_for_signature(self) -> None:
        acts.send_for_signature(self.application, by=self.applicant, at=self.at)

    def recall(self) -> None:
        acts.recall_agreement(self.application, by=self.applicant, at=self.at, reason=values.RECALL)

    def sign_for_housing(self) -> None:
        for organisation in self.application.housing_organisations():
            self._sign(organisation, "Direktør")

    def sign_for_municipality(self) -> None:
        self._sign(self.site.municipality.organisation, "Kommunaldirektør")

    def _sign(self, organisation: Organisation, title: str) -> None:
        content_hash = self.application.agreements.standing().get().content_hash
        by = self.world.signatory(organisation)
        acts.sign(self.application, content_hash=content_hash, title=title, by=by, at=self.at)

    def return_plan(self) -> None:
        acts.return_plan(self.application, by=self.officer, at=self.at, reason=values.RETURN)

    # The decision

    def recommend(self) -> None:
        acts.recommend(
            self.application,
            frame_year=self.at.year,
            social_amount=self.plot.social,
            rent_amount=facts.rent_total(self.application),
            reason=self.luck.choice(values.RECOMMEND),
            by=self.officer,
            at=self.at,
        )

    def commit(self) -> None:
        acts.commit(self.application, by=self.world.director, at=self.at, reason=self.luck.choice(values.COMMIT))
        self.then(self)
