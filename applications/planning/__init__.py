"""The planner's facts: the cases that compete for the frame, what each is expected to take and when, what the years have left.

The rules decide (rules/order.py, rules/fitting.py, rules/forecast.py); here the registers are read and the answers put together.
"""

from applications.planning.cases import IN_LINE, PIPELINE, AmountSource, CaseFacts, YearSource
from applications.planning.changes import Change, changes_since, mark_of
from applications.planning.desk import Desk, desk
from applications.planning.line import Planned, Row, planned
from applications.planning.outlook import LEAST_DRAFTS, Outlook, outlook
from applications.planning.priority import Priorities

__all__ = [
    "IN_LINE",
    "LEAST_DRAFTS",
    "PIPELINE",
    "AmountSource",
    "CaseFacts",
    "Change",
    "Desk",
    "Outlook",
    "Planned",
    "Priorities",
    "Row",
    "YearSource",
    "changes_since",
    "desk",
    "mark_of",
    "outlook",
    "planned",
]
