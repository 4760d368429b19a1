"""Tables of a case: the application, its plan and board, the agreement, decisions and letters, and its events."""

from applications.models.agreement import Agreement, Signature
from applications.models.answers import KEY_FIGURES, DepartmentFigures, ProblemFigure, SectionSave, Submission
from applications.models.application import (
    Application,
    ApplicationDepartment,
    ApplicationEvent,
    FundingLine,
    RentSupport,
)
from applications.models.attachments import Attachment, AttachmentVersion
from applications.models.collaborators import Collaborator, GuestKind
from applications.models.comments import Comment, CommentsRead, CommentThread
from applications.models.decision import Decision, Document, DocumentKind, Outcome, PartyHearing, Recommendation
from applications.models.mandated import MandatedCase
from applications.models.municipal import MunicipalRecommendation
from applications.models.plan import BoardSeat, ComprehensivePlan, IndicatorDefinition, PlanGoal, SeatKind
from applications.models.scenarios import Scenario, ScenarioCase, ScenarioEvent
from applications.models.transfers import ImportedCase, TransferBatch, TransferOutcome, TransferredCase

__all__ = [
    "KEY_FIGURES",
    "Agreement",
    "Application",
    "ApplicationDepartment",
    "ApplicationEvent",
    "Attachment",
    "AttachmentVersion",
    "BoardSeat",
    "Collaborator",
    "Comment",
    "CommentThread",
    "CommentsRead",
    "ComprehensivePlan",
    "Decision",
    "DepartmentFigures",
    "Document",
    "DocumentKind",
    "FundingLine",
    "GuestKind",
    "ImportedCase",
    "IndicatorDefinition",
    "MandatedCase",
    "MunicipalRecommendation",
    "Outcome",
    "PartyHearing",
    "PlanGoal",
    "ProblemFigure",
    "Recommendation",
    "RentSupport",
    "Scenario",
    "ScenarioCase",
    "ScenarioEvent",
    "SeatKind",
    "SectionSave",
    "Signature",
    "Submission",
    "TransferBatch",
    "TransferOutcome",
    "TransferredCase",
]
