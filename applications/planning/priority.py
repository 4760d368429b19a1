"""The priority of a case under § 61 a: of the area that it stands for, and of the areas that its departments lie in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from applications.models import Application
from areas.models import Answer, AreaMembership, HousingArea, Standing, standings


@dataclass(frozen=True)
class Priorities:
    """What the lists say of the areas that each case lies in (R53, Q15), by the case's primary key."""

    of_area: Mapping[int, Standing]
    areas_of: Mapping[uuid.UUID, frozenset[int]]

    @classmethod
    def read(cls, applications: Collection[Application], *, on: datetime.date) -> Priorities:
        """The day's lists for these cases: as many queries for two as for two hundred, when departments were read with them."""
        departments = {row.department_id for case in applications for row in case.application_departments.all()}
        lies_in: dict[int, HousingArea] = {
            row.department_id: row.area
            for row in AreaMembership.objects.current(on).filter(department__in=departments).select_related("area")
        }
        areas = {area.pk: area for area in (*(case.area for case in applications), *lies_in.values())}
        return cls(
            standings(areas.values(), on=on),
            {
                case.pk: frozenset(
                    {case.area_id}
                    | {
                        lies_in[row.department_id].pk
                        for row in case.application_departments.all()
                        if row.department_id in lies_in
                    }
                )
                for case in applications
            },
        )

    def of(self, case: Application) -> tuple[Answer, datetime.date | None]:
        """Whether one of its areas has priority, and the day of the list that says so."""
        found = [self.of_area[area] for area in sorted(self.areas_of[case.pk])]
        for answer in (Answer.YES, Answer.UNKNOWN):
            for standing in found:
                if standing.has_priority is answer:
                    return answer, standing.list_published_on
        return Answer.NO, found[0].list_published_on
