"""Tables of a case: the application, its plan and board, the agreement, decisions and letters, and its events."""

from applications.models.agreement import Agreement, Signature
from applications.models.application import (
    Application,
    ApplicationDepartment,
    ApplicationEvent,
    FundingLine,
    RentSupport,
)
from applications.models.decision import Decision, Document, DocumentKind, Outcome, PartyHearing, Recommendation
from applications.models.plan import BoardSeat, ComprehensivePlan, IndicatorDefinition, PlanGoal, SeatKind

__all__ = [
    "Agreement",
    "Application",
    "ApplicationDepartment",
    "ApplicationEvent",
    "BoardSeat",
    "ComprehensivePlan",
    "Decision",
    "Document",
    "DocumentKind",
    "FundingLine",
    "IndicatorDefinition",
    "Outcome",
    "PartyHearing",
    "PlanGoal",
    "Recommendation",
    "RentSupport",
    "SeatKind",
    "Signature",
]
