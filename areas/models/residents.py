"""How many live in an area on a day: the sum over the departments that lie in it (R32)."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Count, Sum

from areas.models.areas import HousingArea
from areas.models.memberships import AreaMembership
from areas.models.registers import ResidentCount
from areas.rules.standing import Answer


@dataclasses.dataclass(frozen=True)
class ResidentsIn:
    """Residents counted on the day, and how many of the departments have no count for that very day."""

    total: int
    missing: int
    departments: int

    @property
    def is_known(self) -> bool:
        """True when every department of the area is counted, and there is at least one."""
        return self.departments > 0 and self.missing == 0

    def reaches(self, limit: int) -> Answer:
        """Whether so many live there (R30, R32): what is missing can only add, so it never turns a yes into a no."""
        if self.total >= limit:
            return Answer.YES
        return Answer.NO if self.is_known else Answer.UNKNOWN


def residents_in(area: HousingArea, *, on: datetime.date) -> ResidentsIn:
    """Residents of the departments that lie in the area on the day, by their counts of that day, in two queries.

    The lists count on 1 January (R32); a count of another day is not used in its place.
    """
    lying = AreaMembership.objects.current(on).filter(area=area)
    departments = lying.count()
    counted = ResidentCount.objects.filter(counted_on=on, department__in=lying.values("department")).aggregate(
        total=Sum("residents", default=0), number=Count("pk")
    )
    return ResidentsIn(counted["total"], departments - counted["number"], departments)
