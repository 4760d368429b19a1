"""What people do to a case: one verb a function. The only writer of the app's tables.

Every function takes `by` (who acts) and `at` (when), opens its own transaction, locks the case, asks the rules, writes
rows and event together, and queues what follows on commit.

Errors, everywhere: NotAllowed, IllegalMove, RuleBroken (lbf_portal.lib.refusals), and for sections Outdated.
"""

from applications.transitions.agreements import check_plan, recall_agreement, send_for_signature, sign
from applications.transitions.assessment import (
    answer_hearing,
    answer_information,
    lapse,
    open_hearing,
    prequalify,
    put_on_waiting_list,
    refuse,
    request_information,
    resume,
    start_assessment,
    take,
    withdraw,
)
from applications.transitions.catalogue import INDICATORS, load_indicators
from applications.transitions.copying import COPYABLE, can_be_copied_from, copy_sections, left_behind
from applications.transitions.decisions import (
    accept_as_local,
    check_commitment,
    commit,
    recommend,
    return_plan,
)
from applications.transitions.drafting import (
    DepartmentChoice,
    FigureChoice,
    FundingChoice,
    KeyFiguresChoice,
    RentChoice,
    check_application,
    create_application,
    save_basics,
    save_budget,
    save_challenges,
    save_departments,
    save_figures,
    save_rent_support,
    submit,
)
from applications.transitions.expiry import extend_prequalification, follow_expiry
from applications.transitions.plans import GoalChoice, SeatChoice, check_board, save_board, save_goals, save_plan, start_plan
from applications.transitions.reservations import Expected, change_reservation, check_reservation
from applications.transitions.saving import Outdated
from applications.transitions.together import (
    MOST_TOGETHER,
    Changed,
    Choice,
    NotTogether,
    Preview,
    Weighed,
    decide_together,
    preview_together,
)

__all__ = [
    "COPYABLE",
    "INDICATORS",
    "MOST_TOGETHER",
    "Changed",
    "Choice",
    "DepartmentChoice",
    "Expected",
    "FigureChoice",
    "FundingChoice",
    "GoalChoice",
    "KeyFiguresChoice",
    "NotTogether",
    "Outdated",
    "Preview",
    "RentChoice",
    "SeatChoice",
    "Weighed",
    "accept_as_local",
    "answer_hearing",
    "answer_information",
    "can_be_copied_from",
    "change_reservation",
    "check_application",
    "check_board",
    "check_commitment",
    "check_plan",
    "check_reservation",
    "commit",
    "copy_sections",
    "create_application",
    "decide_together",
    "extend_prequalification",
    "follow_expiry",
    "lapse",
    "left_behind",
    "load_indicators",
    "open_hearing",
    "prequalify",
    "preview_together",
    "put_on_waiting_list",
    "recall_agreement",
    "recommend",
    "refuse",
    "request_information",
    "resume",
    "return_plan",
    "save_basics",
    "save_board",
    "save_budget",
    "save_challenges",
    "save_departments",
    "save_figures",
    "save_goals",
    "save_plan",
    "save_rent_support",
    "send_for_signature",
    "sign",
    "start_assessment",
    "start_plan",
    "submit",
    "take",
    "withdraw",
]
