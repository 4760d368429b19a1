"""Tables of a case: the application, its plan and board, the agreement, decisions and letters, and its events."""

from applications.models.agreement import Agreement, Signature
from applications.models.application import (
    Application,
    ApplicationDepartment,
    ApplicationEvent,
    FundingLine,
    RentSupport,
)
from applications.models.attachments import Attachment, AttachmentVersion
from applications.models.decision import Decision, Document, DocumentKind, Outcome, PartyHearing, Recommendation
from applications.models.plan import BoardSeat, ComprehensivePlan, IndicatorDefinition, PlanGoal, SeatKind
from applications.models.scenarios import Scenario, ScenarioCase, ScenarioEvent
from applications.models.transfers import ImportedCase, TransferBatch, TransferOutcome, TransferredCase

__all__ = [
    "Agreement",
    "Application",
    "ApplicationDepartment",
    "ApplicationEvent",
    "Attachment",
    "AttachmentVersion",
    "BoardSeat",
    "ComprehensivePlan",
    "Decision",
    "Document",
    "DocumentKind",
    "FundingLine",
    "ImportedCase",
    "IndicatorDefinition",
    "Outcome",
    "PartyHearing",
    "PlanGoal",
    "Recommendation",
    "RentSupport",
    "Scenario",
    "ScenarioCase",
    "ScenarioEvent",
    "SeatKind",
    "Signature",
    "TransferBatch",
    "TransferOutcome",
    "TransferredCase",
]
