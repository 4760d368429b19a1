"""Addresses of cases: named after the act, under the case's six-digit number."""

from django.urls import path

from applications.views import (
    agreement,
    application,
    assessment,
    attachment_files,
    attachments,
    before,
    case,
    cases,
    collaboration,
    comments,
    copying,
    create,
    deadlines,
    decision,
    documents,
    invitation,
    mandates,
    moves,
    plan,
    recommendation,
    reservation,
    rule_sets,
    standing,
    together,
    transfers,
)

app_name = "applications"

# The applicant's pages, and the agreement that all parties read.
urlpatterns = [
    path("before-you-start/", before.before_you_start, name="before_you_start"),
    path("new/", create.new, name="new"),
    path("<int:case_number>/application/", application.application, name="application"),
    path("<int:case_number>/application/<slug:name>/", application.section, name="section"),
    path("<int:case_number>/application/<slug:name>/preview/", application.preview, name="preview"),
    path("<int:case_number>/copy/", copying.copy_sections, name="copy_sections"),
    path("<int:case_number>/application.pdf", application.application_pdf, name="application_pdf"),
    path("<int:case_number>/submission.json", application.submission_file, name="submission_file"),
    path("<int:case_number>/submit/", application.submit, name="submit"),
    path("<int:case_number>/receipt/", application.receipt, name="receipt"),
    path("<int:case_number>/plan/", plan.plan, name="plan"),
    path("<int:case_number>/plan/<slug:name>/", plan.plan_section, name="plan_section"),
    path("<int:case_number>/send-for-signature/", plan.send_for_signature, name="send_for_signature"),
    path("<int:case_number>/agreement/", agreement.agreement, name="agreement"),
    path("<int:case_number>/agreement/sign/", agreement.sign, name="sign"),
    path("<int:case_number>/agreement/recall/", agreement.recall_agreement, name="recall_agreement"),
]

# The hub, the lists, and what the fund does.
urlpatterns += [
    path("", cases.case_list, name="list"),
    path("to-decide/", together.to_decide, name="to_decide"),
    path("deadlines/", deadlines.deadline_list, name="deadlines"),
    path("calendar.ics", deadlines.calendar, name="calendar"),
    path("decide-together/", together.decide_together, name="decide_together"),
    path("<int:case_number>/", case.case, name="case"),
    path("<int:case_number>/standing/", standing.where_is_my_case, name="standing"),
    path("<int:case_number>/deadlines.ics", deadlines.case_calendar, name="case_calendar"),
    path("<int:case_number>/extend-prequalification/", deadlines.extend_prequalification, name="extend_prequalification"),
    path("<int:case_number>/assessment/", assessment.assessment, name="assessment"),
    path("<int:case_number>/assessment/accept-as-local/", assessment.accept_as_local, name="accept_as_local"),
    path("<int:case_number>/hearing/", moves.hearing, name="hearing"),
    path("<int:case_number>/answer-hearing/", moves.answer_hearing, name="answer_hearing"),
    path("<int:case_number>/prequalify/", reservation.prequalify, name="prequalify"),
    path("<int:case_number>/reservation/", reservation.reservation, name="reservation"),
    path("<int:case_number>/recommend/", decision.recommend, name="recommend"),
    path("<int:case_number>/decide/", decision.decide, name="decide"),
    path("<int:case_number>/attachments/", attachments.attachment_list, name="attachments"),
    path("<int:case_number>/attachments.zip", attachment_files.attachments_zip, name="attachments_zip"),
    path("<int:case_number>/attachments/<int:attachment>/", attachments.attachment, name="attachment"),
    path("<int:case_number>/attachments/<int:attachment>/hide/", attachments.hide_attachment, name="hide_attachment"),
    path("<int:case_number>/attachments/<int:attachment>/confirm/", attachments.confirm_attachment, name="confirm_attachment"),
    path(
        "<int:case_number>/attachments/<int:attachment>/versions/<int:number>/",
        attachment_files.attachment_file,
        name="attachment_file",
    ),
    path("<int:case_number>/documents/<int:pk>/", documents.document, name="document"),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", moves.reasoned(name), name=name) for name in moves.REASONED),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", moves.plain(name), name=name) for name in moves.PLAIN),
]

# Working together on one case.
urlpatterns += [
    path("invitation/", invitation.invitation, name="invitation"),
    path("recommendations/", recommendation.recommendation_list, name="recommendations"),
    path("<int:case_number>/people/", collaboration.people, name="people"),
    path("<int:case_number>/people/invite/", collaboration.invite, name="invite"),
    path("<int:case_number>/people/<int:collaborator>/", collaboration.access, name="access"),
    path("<int:case_number>/people/<int:collaborator>/end/", collaboration.end_access, name="end_access"),
    path("<int:case_number>/people/<int:collaborator>/send-again/", collaboration.send_again, name="send_again"),
    path("<int:case_number>/contact/", collaboration.contact, name="contact"),
    path("<int:case_number>/recommendation/", recommendation.recommendation, name="recommendation"),
    path("<int:case_number>/recommendation/ask/", recommendation.ask, name="ask_for_recommendation"),
    path("<int:case_number>/recommendation/answer/", recommendation.answer, name="answer_recommendation"),
    path("<int:case_number>/recommendation/take-back/", recommendation.take_back, name="take_recommendation_back"),
    path("<int:case_number>/recommendation/call-off/", recommendation.call_off, name="call_recommendation_off"),
    path("<int:case_number>/comments/", comments.comments, name="comments"),
    path("<int:case_number>/comments/<int:thread>/", comments.thread, name="comment_thread"),
    path("<int:case_number>/comments/<int:thread>/resolve/", comments.resolve, name="resolve_comments"),
]

# The rules that cases follow, and moving cases to the next ones.
urlpatterns += [
    path("rule-sets/", rule_sets.rule_sets, name="rule_sets"),
    path("transfers/", transfers.transfer_list, name="transfers"),
    path("transfers/preview/", transfers.preview, name="transfer_preview"),
    path("transfers/<int:transfer>/", transfers.transfer, name="transfer"),
    path("transfers/take-back/<int:transferred>/", transfers.take_back, name="transfer_take_back"),
]

# Whom an organisation lets act for it, and whom it acts for.
urlpatterns += [
    path("mandates/<int:organisation>/", mandates.mandate_list, name="mandates"),
    path("mandates/<int:organisation>/give/", mandates.give, name="give_mandate"),
    path("mandates/<int:organisation>/<int:mandate>/", mandates.mandate, name="mandate"),
]
