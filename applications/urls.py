"""Addresses of cases: named after the act, under the case's six-digit number."""

from django.urls import path

from applications.views import agreement, application, assessment, before, case, cases, create, decision, documents, moves, plan

app_name = "applications"

# The applicant's pages, and the agreement that all parties read.
urlpatterns = [
    path("before-you-start/", before.before_you_start, name="before_you_start"),
    path("new/", create.new, name="new"),
    path("<int:case_number>/application/", application.application, name="application"),
    path("<int:case_number>/application/<slug:name>/", application.section, name="section"),
    path("<int:case_number>/application/<slug:name>/preview/", application.preview, name="preview"),
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
    path("<int:case_number>/", case.case, name="case"),
    path("<int:case_number>/assessment/", assessment.assessment, name="assessment"),
    path("<int:case_number>/assessment/accept-as-local/", assessment.accept_as_local, name="accept_as_local"),
    path("<int:case_number>/hearing/", moves.hearing, name="hearing"),
    path("<int:case_number>/answer-hearing/", moves.answer_hearing, name="answer_hearing"),
    path("<int:case_number>/recommend/", decision.recommend, name="recommend"),
    path("<int:case_number>/decide/", decision.decide, name="decide"),
    path("<int:case_number>/documents/<int:pk>/", documents.document, name="document"),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", moves.reasoned(name), name=name) for name in moves.REASONED),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", moves.plain(name), name=name) for name in moves.PLAIN),
]
