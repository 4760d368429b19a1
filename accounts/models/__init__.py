"""People, organisations, memberships, mandates; the abstract audit event and the outbox that every app uses."""

from accounts.models.acting import ActingChoice, actor_for, choices_of, organisations_of
from accounts.models.events import AccountEvent, AuditEvent, LeavesEvents
from accounts.models.invitations import Invitation
from accounts.models.mails import HASH, CalendarFeed, DigestEntry, MailFrequency, NotificationChoice, OutgoingMail
from accounts.models.mandates import Mandate
from accounts.models.people import Membership, Organisation, User
from accounts.models.succession import FormerName, Succession, read_former_names

__all__ = [
    "HASH",
    "AccountEvent",
    "ActingChoice",
    "AuditEvent",
    "CalendarFeed",
    "DigestEntry",
    "FormerName",
    "Invitation",
    "LeavesEvents",
    "MailFrequency",
    "Mandate",
    "Membership",
    "NotificationChoice",
    "Organisation",
    "OutgoingMail",
    "Succession",
    "User",
    "actor_for",
    "choices_of",
    "organisations_of",
    "read_former_names",
]
