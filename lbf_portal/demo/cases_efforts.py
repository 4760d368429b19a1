"""How an effort of the demo goes: it starts, is measured every autumn, changes, ends, and is settled."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.actors import SYSTEM
from lbf_portal.demo import values
from lbf_portal.demo.cases import YEARS, Case, Stage, Story, moment_of
from lbf_portal.demo.cases_outline import Effort as Fate
from monitoring import transitions as acts
from monitoring.models import Effort
from monitoring.rules.extension import latest_end

NIGHT = 3
# The last year that the registers tell of.
LAST_DATA_YEAR = 2025
DAYS_OF_AN_EFFORT = Decimal(YEARS) * 365
REVOKED = frozenset({Fate.REVOKED, Fate.REVOKED_AND_CLOSED})


@dataclass
class EffortStory:
    """What happens to one effort after its commitment."""

    case: Case
    stage: Stage
    effort: Effort

    @property
    def fate(self) -> Fate:
        return self.case.plot.wanted.effort

    def enter(self) -> None:
        self.stage.enter(self.measure())
        self.stage.enter(self.live())

    # From start to final accounts

    def live(self) -> Story:
        yield self._at_night(self.effort.starts_on)
        acts.start(self.effort, by=SYSTEM, at=self.case.at)
        if self.fate in REVOKED:
            yield from self._revoke()
            return
        yield from self._change()
        if self.fate is Fate.EXTENDED:
            yield from self._extend()
        yield self._at_night(self.effort.ends_on + datetime.timedelta(days=1))
        acts.begin_closing(self.effort, by=SYSTEM, at=self.case.at)
        if self.fate is not Fate.STILL_CLOSING:
            yield self.case.later(150, 260)
            self._close()

    def _at_night(self, day: datetime.date) -> datetime.datetime:
        """The portal itself acts when nobody does."""
        self.case.at = max(self.case.at, moment_of(day, hour=NIGHT))
        return self.case.at

    def _revoke(self) -> Story:
        yield self.case.later(240, 330)
        plot = self.case.plot
        acts.revoke(
            self.effort,
            released_social=values.rounded(plot.social * 9 / 10, values.THOUSAND),
            released_rent=Decimal(0),
            reason=values.REVOKE,
            by=self.case.world.director,
            at=self.case.at,
        )
        if self.fate is Fate.REVOKED_AND_CLOSED:
            yield self.case.later(120, 200)
            self._settle(Decimal(0))

    def _change(self) -> Story:
        """Some efforts ask for a change on the way; most get it."""
        if self.fate is Fate.CHANGE_PENDING:
            days_ago = self.case.luck.randint(4, 38)
            yield self.case.on_day(self.stage.until.date() - datetime.timedelta(days=days_ago))
            self._request_change()
            # Waits for its answer.
            yield self.stage.until
        elif values.happens(0.35, self.case.luck):
            yield self.case.later(250, 700)
            self._request_change()
            yield self.case.later(14, 45)
            answer, reason = (
                (acts.approve_change, values.APPROVE_CHANGE)
                if values.happens(0.8, self.case.luck)
                else (acts.reject_change, values.REJECT_CHANGE)
            )
            answer(self.effort, reason=reason, by=self.case.officer, at=self.case.at)

    def _request_change(self) -> None:
        acts.request_change(
            self.effort,
            subject=self.case.luck.choice((acts.ChangeSubject.BUDGET, acts.ChangeSubject.EFFORT_AREAS)),
            reason=self.case.luck.choice(values.CHANGE),
            by=self.case.applicant,
            at=self.case.at,
        )

    def _extend(self) -> Story:
        """A year more, without new money (Q7)."""
        ends_on = self.effort.agreed_ends_on
        yield self.case.on_day(ends_on - datetime.timedelta(days=self.case.luck.randint(40, 110)))
        acts.extend(self.effort, ends_on=latest_end(ends_on), reason=values.EXTEND, by=self.case.officer, at=self.case.at)

    def _close(self) -> None:
        """Of the social part a few per cent are left; now and then nothing."""
        share = Decimal(self.case.luck.choice((0, 0, 1, 2, 3, 4))) / 100
        self._settle((self.case.plot.social * share) // values.THOUSAND * values.THOUSAND)

    def _settle(self, unspent: Decimal) -> None:
        acts.close(
            self.effort,
            unspent_social=unspent,
            unspent_rent=Decimal(0),
            reason=self.case.luck.choice(values.CLOSE),
            by=self.case.officer,
            at=self.case.at,
        )

    # Every autumn

    def measure(self) -> Story:
        """The registers' numbers of the years since the baseline, one delivery a year (R128, C25)."""
        luck = values.dice("measurements", self.case.plot.number)
        first = self.effort.starts_on.year
        for year in range(first, min(first + YEARS, LAST_DATA_YEAR + 1)):
            at = moment_of(datetime.date(year + 1, 10, luck.randint(5, 25)), hour=NIGHT)
            yield at
            if self.fate in REVOKED and not self.effort.is_running:
                return
            # The first delivery brings the year before the start as well.
            years = (year - 1, year) if year == first else (year,)
            rows = [row for data_year in years for row in self._rows(data_year, luck)]
            acts.record_measurements(self.effort, f"Efterår {year + 1}", rows, by=SYSTEM, at=at)

    def _rows(self, year: int, luck: random.Random) -> Iterator[acts.MeasuredValue]:
        day = datetime.date(year, 12, 31)
        gone = Decimal(max(0, (day - self.effort.starts_on).days)) / DAYS_OF_AN_EFFORT
        for code, course in self.case.courses.items():
            indicator = self.case.indicators[code]
            is_hidden = values.is_suppressed(luck)
            yield acts.MeasuredValue(
                indicator=indicator,
                measured_on=day.replace(year=year - course.lag),
                value=None if is_hidden else course.value_after(gone, luck),
                source=indicator.source_register,
                suppressed_reason=values.SUPPRESSED if is_hidden else "",
                is_demo=True,
            )
