"""Who may open which address: every address of the portal, for every role, on one's own case and on a foreign one.

An address that is missing here fails the first test, so nobody can forget it. 404 for whoever must not know that the case
exists, 403 for whoever sees it but may not do this, 302 to the sign-in for whoever has not signed in. The case is committed,
so some acts lead back to it with a message (302) instead of showing their form.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from applications.models import Application, BoardSeat, SeatKind
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.rich import RichCase, address, address_names

pytestmark = pytest.mark.django_db

# In the case: the housing organisation, its municipality, the fund, the board and its secretariat. Outside it: another
# housing organisation, another municipality, an adviser and an auditor without a mandate.
INSIDE = ("applicant", "colleague", "municipality", "case_officer", "director", "finance_officer", "board", "secretariat")
OUTSIDE = ("outsider", "other_municipality", "adviser", "auditor")
ROLES = (*INSIDE, *OUTSIDE, "nobody")

TABLE = """
#                                        apl col mun off dir fin brd sec out oth adv aud nobody
# Open to everybody
GET  health                             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  session                            200 200 200 200 200 200 200 200 200 200 200 200 200
GET  scheme                             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  accessibility                      200 200 200 200 200 200 200 200 200 200 200 200 200
GET  set_language                       302 302 302 302 302 302 302 302 302 302 302 302 302
POST set_language                       302 302 302 302 302 302 302 302 302 302 302 302 302
GET  accounts:sign_in                   302 302 302 302 302 302 302 302 302 302 302 302 200
POST accounts:sign_in                   302 302 302 302 302 302 302 302 302 302 302 302 200
GET  accounts:signed_out                200 200 200 200 200 200 200 200 200 200 200 200 200
GET  accounts:forgotten_password        200 200 200 200 200 200 200 200 200 200 200 200 200
POST accounts:forgotten_password        200 200 200 200 200 200 200 200 200 200 200 200 200
GET  accounts:reset_mail_sent           200 200 200 200 200 200 200 200 200 200 200 200 200
GET  accounts:new_password              200 200 200 200 200 200 200 200 200 200 200 200 200
POST accounts:new_password              200 200 200 200 200 200 200 200 200 200 200 200 200
# Everybody's own
GET  start                              200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:sign_out                  302 302 302 302 302 302 302 302 302 302 302 302 302
POST accounts:act_as                    403 403 403 403 403 403 403 403 403 403 403 403 302
GET  accounts:kept                      302 302 302 302 302 302 302 302 302 302 302 302 302
POST accounts:kept                      302 302 302 302 302 302 302 302 302 302 302 302 302
GET  accounts:profile                   200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:profile                   200 200 200 200 200 200 200 200 200 200 200 200 302
GET  accounts:mails                     200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:mails                     200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:open_calendar             200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:close_calendar            302 302 302 302 302 302 302 302 302 302 302 302 302
GET  applications:deadlines             200 200 200 200 200 200 200 200 200 200 200 200 302
# A calendar program cannot sign in: it comes with the secret of its address, and without one there is nothing
GET  applications:calendar              404 404 404 404 404 404 404 404 404 404 404 404 404
GET  accounts:change_password           200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:change_password           200 200 200 200 200 200 200 200 200 200 200 200 302
# An invitation is for whoever has its link; a link that opens nothing says so
GET  accounts:invitation                200 200 200 200 200 200 200 200 200 200 200 200 200
POST accounts:invitation                200 200 200 200 200 200 200 200 200 200 200 200 200
# The people of the case's organisation: its own see them, its administrator and the fund change them (nobody here is one)
GET  accounts:own_people                302 302 302 302 302 302 404 404 302 302 302 302 302
GET  accounts:people                    200 200 404 200 200 200 404 404 404 404 404 404 302
GET  accounts:invite                    403 403 404 200 200 200 404 404 404 404 404 404 302
POST accounts:invite                    403 403 404 200 200 200 404 404 404 404 404 404 302
GET  accounts:member                    403 403 404 200 200 200 404 404 404 404 404 404 302
POST accounts:member                    403 403 404 200 200 200 404 404 404 404 404 404 302
GET  accounts:remove_member             403 403 404 200 200 200 404 404 404 404 404 404 302
POST accounts:remove_member             403 403 404 302 302 302 404 404 404 404 404 404 302
POST accounts:invite_again              403 403 404 302 302 302 404 404 404 404 404 404 302
POST accounts:withdraw_invitation       403 403 404 302 302 302 404 404 404 404 404 404 302
GET  applications:mandates              200 200 404 200 200 200 404 404 404 404 404 404 302
GET  applications:give_mandate          403 403 404 403 403 403 404 404 404 404 404 404 302
POST applications:give_mandate          403 403 404 403 403 403 404 404 404 404 404 404 302
GET  applications:mandate               200 200 404 200 200 200 404 404 404 404 404 404 302
POST applications:mandate               403 403 404 403 403 403 404 404 404 404 404 404 302
# Public registers
GET  areas:list                         200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:changes                      200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:map                          200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:detail                       200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:departments                  200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:department                   200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:organisations                200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:organisation                 200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:municipalities               200 200 200 200 200 200 200 200 200 200 200 200 302
GET  areas:municipality                 200 200 200 200 200 200 200 200 200 200 200 200 302
# Imports are the fund's alone
GET  areas:imports                      403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:import_upload                403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:import_upload                403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:import_batch                 403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:import_confirm               403 403 403 302 302 302 403 403 403 403 403 403 302
POST areas:import_discard               403 403 403 302 302 302 403 403 403 403 403 403 302
GET  areas:import_take_back             403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:import_take_back             403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:import_file                  403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:import_refused               403 403 403 200 200 200 403 403 403 403 403 403 302
# The registers' upkeep is the fund's; everybody reads them
GET  areas:register_department          403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:register_department          403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:change_department            403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:change_department            403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:record_residents             403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:record_residents             403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:place_department             403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:place_department             403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:connect_department           403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:connect_department           403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:end_placement                403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:end_placement                403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:end_connection               403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:end_connection               403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:change_organisation          403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:change_organisation          403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:rename_organisation          403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:rename_organisation          403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:merge_organisation           403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:merge_organisation           403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:register_development_plan    403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:register_development_plan    403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:change_development_plan      403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:change_development_plan      403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:rename                       403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:rename                       403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:merge                        403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:merge                        403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:split                        403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:split                        403 403 403 200 200 200 403 403 403 403 403 403 302
GET  areas:enlarge                      403 403 403 200 200 200 403 403 403 403 403 403 302
POST areas:enlarge                      403 403 403 200 200 200 403 403 403 403 403 403 302
# The fund's own frames
GET  ledger:frames                      403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:frame_year                  403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:frame_cases                 403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:extra_year                  403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:extra_cases                 403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:entry                       403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:proposals                   403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:choose_proposal             403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:propose                     403 403 403 200 200 200 403 403 403 403 403 403 302
POST ledger:propose                     403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:proposal                    403 403 403 200 200 200 403 403 403 403 403 403 302
POST ledger:proposal                    403 403 403 403 200 200 403 403 403 403 403 403 302
GET  ledger:check                       403 403 403 200 200 200 403 403 403 403 403 403 302
POST ledger:check_now                   403 403 403 403 403 302 403 403 403 403 403 403 302
GET  ledger:checks                      403 403 403 200 200 200 403 403 403 403 403 403 302
GET  ledger:finding                     403 403 403 200 200 200 403 403 403 403 403 403 302
POST ledger:finding                     403 403 403 403 403 200 403 403 403 403 403 403 302
# Cases: what the applicant writes
GET  applications:before_you_start      200 200 200 200 200 200 200 200 200 200 200 200 302
GET  applications:new                   200 200 403 403 403 403 403 403 200 403 403 403 302
POST applications:new                   200 200 403 403 403 403 403 403 200 403 403 403 302
GET  applications:application           200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:section               302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:section               200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:preview               200 200 403 403 403 403 403 403 404 404 404 404 302
GET  applications:copy_sections         302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:copy_sections         302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:application_pdf       302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:submission_file       200 200 200 200 200 200 403 403 404 404 404 404 302
GET  applications:submit                302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:submit                302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:receipt               200 200 200 200 200 200 403 403 404 404 404 404 302
GET  applications:plan                  200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:plan_section          302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:plan_section          200 200 403 403 403 403 403 403 404 404 404 404 302
GET  applications:send_for_signature    302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:send_for_signature    302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:answer_hearing        200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:answer_hearing        200 200 403 403 403 403 403 403 404 404 404 404 302
GET  applications:answer_information    200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:answer_information    200 200 403 403 403 403 403 403 404 404 404 404 302
GET  applications:withdraw              200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:withdraw              200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:start_plan            302 302 403 403 403 403 403 403 404 404 404 404 302
# Cases: what the parties sign
GET  applications:agreement             200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:sign                  302 403 302 403 403 403 403 403 404 404 404 404 302
POST applications:sign                  200 403 200 403 403 403 403 403 404 404 404 404 302
GET  applications:recall_agreement      302 302 302 403 403 403 403 403 404 404 404 404 302
POST applications:recall_agreement      302 302 302 403 403 403 403 403 404 404 404 404 302
# Cases: what everybody in them reads
GET  applications:list                  200 200 200 200 200 200 200 200 200 200 200 200 302
GET  applications:case                  200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:standing              200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:case_calendar         200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:document              200 200 200 200 200 200 403 403 404 404 404 404 302
GET  applications:attachments           200 200 200 200 200 200 200 200 404 404 404 404 302
POST applications:attachments           200 200 200 403 403 403 403 403 404 404 404 404 302
GET  applications:attachment            200 200 200 200 200 200 200 200 404 404 404 404 302
POST applications:attachment            200 200 200 403 403 403 403 403 404 404 404 404 302
GET  applications:attachment_file       200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:attachments_zip       200 200 200 200 200 200 200 200 404 404 404 404 302
GET  applications:hide_attachment       200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:hide_attachment       200 200 200 403 403 403 403 403 404 404 404 404 302
GET  applications:confirm_attachment    200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:confirm_attachment    200 200 200 403 403 403 403 403 404 404 404 404 302
# Cases: what the fund does
GET  applications:assessment            403 403 403 200 200 200 403 403 404 404 404 404 302
POST applications:accept_as_local       403 403 403 302 403 403 403 403 404 404 404 404 302
GET  applications:hearing               403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:hearing               403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:recommend             403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:recommend             403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:decide                403 403 403 403 200 403 403 403 404 404 404 404 302
POST applications:decide                403 403 403 403 200 403 403 403 404 404 404 404 302
GET  applications:to_decide             403 403 403 403 200 403 403 403 403 403 403 403 302
GET  applications:decide_together       403 403 403 403 302 403 403 403 403 403 403 403 302
POST applications:decide_together       403 403 403 403 302 403 403 403 403 403 403 403 302
GET  applications:request_information   403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:request_information   403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:waiting_list          403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:waiting_list          403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:prequalify            403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:prequalify            403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:extend_prequalification 403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:extend_prequalification 403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:reservation           403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:reservation           403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:resume                403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:resume                403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:refuse                403 403 403 403 200 403 403 403 404 404 404 404 302
POST applications:refuse                403 403 403 403 200 403 403 403 404 404 404 404 302
GET  applications:lapse                 403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:lapse                 403 403 403 200 403 403 403 403 404 404 404 404 302
GET  applications:return_plan           403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:return_plan           403 403 403 200 403 403 403 403 404 404 404 404 302
POST applications:take                  403 403 403 302 403 403 403 403 404 404 404 404 302
POST applications:start_assessment      403 403 403 302 403 403 403 403 404 404 404 404 302
# Working together on a case; what is said there is the parties' own. Nobody was asked to recommend this one
GET  applications:invitation            200 200 200 200 200 200 200 200 200 200 200 200 200
POST applications:invitation            200 200 200 200 200 200 200 200 200 200 200 200 200
GET  applications:recommendations       403 403 200 403 403 403 403 403 403 200 403 403 302
GET  applications:people                200 200 200 200 200 200 403 403 404 404 404 404 302
GET  applications:invite                200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:invite                200 200 200 403 403 403 403 403 404 404 404 404 302
GET  applications:access                200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:access                200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:end_access            302 302 403 403 403 403 403 403 404 404 404 404 302
POST applications:send_again            302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:contact               200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:contact               200 200 403 403 403 403 403 403 404 404 404 404 302
GET  applications:recommendation        200 200 200 200 200 200 403 403 404 404 404 404 302
GET  applications:ask_for_recommendation 200 200 403 403 403 403 403 403 404 404 404 404 302
POST applications:ask_for_recommendation 302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:answer_recommendation 403 403 302 403 403 403 403 403 404 404 404 404 302
POST applications:answer_recommendation 403 403 302 403 403 403 403 403 404 404 404 404 302
GET  applications:take_recommendation_back 403 403 302 403 403 403 403 403 404 404 404 404 302
POST applications:take_recommendation_back 403 403 302 403 403 403 403 403 404 404 404 404 302
POST applications:call_recommendation_off 302 302 403 403 403 403 403 403 404 404 404 404 302
GET  applications:comments              200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:comments              200 200 200 403 403 403 403 403 404 404 404 404 302
GET  applications:comment_thread        200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:comment_thread        200 200 200 403 403 403 403 403 404 404 404 404 302
POST applications:resolve_comments      302 302 302 403 403 403 403 403 404 404 404 404 302
# The rules that cases follow are public; moving cases to the next ones is the fund's
GET  applications:rule_sets             200 200 200 200 200 200 200 200 200 200 200 200 302
GET  applications:transfers             403 403 403 200 200 200 403 403 403 403 403 403 302
GET  applications:transfer_preview      403 403 403 200 200 200 403 403 403 403 403 403 302
POST applications:transfer_preview      403 403 403 403 302 302 403 403 403 403 403 403 302
GET  applications:transfer              403 403 403 200 200 200 403 403 403 403 403 403 302
GET  applications:transfer_take_back    403 403 403 403 302 302 403 403 403 403 403 403 302
POST applications:transfer_take_back    403 403 403 403 302 302 403 403 403 403 403 403 302
# The fund's planner; a scenario here is the case officer's, shared, and the case has left the line
GET  planner:plan                       403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:forecast                   403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:compare                    403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:scenarios                  403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:new                        403 403 403 200 200 200 403 403 403 403 403 403 302
POST planner:new                        403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:scenario                   403 403 403 200 200 200 403 403 403 403 403 403 302
GET  planner:settings                   403 403 403 200 403 403 403 403 403 403 403 403 302
POST planner:settings                   403 403 403 200 403 403 403 403 403 403 403 403 302
GET  planner:copy                       403 403 403 200 200 200 403 403 403 403 403 403 302
POST planner:copy                       403 403 403 200 200 200 403 403 403 403 403 403 302
POST planner:take_note                  403 403 403 302 302 302 403 403 403 403 403 403 302
GET  planner:case                       403 403 403 302 302 302 403 403 404 404 404 404 302
POST planner:case                       403 403 403 302 302 302 403 403 404 404 404 404 302
# Running efforts
GET  monitoring:list                    200 200 200 200 200 200 200 200 200 200 200 200 302
GET  monitoring:give_backs              403 403 403 200 200 200 403 403 403 403 403 403 302
GET  monitoring:propose_give_back       403 403 403 403 403 200 403 403 403 403 403 403 302
POST monitoring:propose_give_back       403 403 403 403 403 200 403 403 403 403 403 403 302
GET  monitoring:dashboard               200 200 200 200 200 200 200 200 404 404 404 404 302
GET  monitoring:start                   403 403 403 200 403 403 403 403 404 404 404 404 302
POST monitoring:start                   403 403 403 200 403 403 403 403 404 404 404 404 302
GET  monitoring:request_change          200 200 403 403 403 403 403 200 404 404 404 404 302
POST monitoring:request_change          200 200 403 403 403 403 403 200 404 404 404 404 302
GET  monitoring:approve_change          403 403 403 200 403 403 403 403 404 404 404 404 302
POST monitoring:approve_change          403 403 403 200 403 403 403 403 404 404 404 404 302
GET  monitoring:reject_change           403 403 403 200 403 403 403 403 404 404 404 404 302
POST monitoring:reject_change           403 403 403 200 403 403 403 403 404 404 404 404 302
GET  monitoring:extend                  403 403 403 200 403 403 403 403 404 404 404 404 302
POST monitoring:extend                  403 403 403 200 403 403 403 403 404 404 404 404 302
GET  monitoring:close                   403 403 403 200 403 403 403 403 404 404 404 404 302
POST monitoring:close                   403 403 403 200 403 403 403 403 404 404 404 404 302
GET  monitoring:revoke                  403 403 403 403 200 403 403 403 404 404 404 404 302
POST monitoring:revoke                  403 403 403 403 200 403 403 403 404 404 404 404 302
"""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    method: str
    name: str
    statuses: dict[str, int]

    @property
    def is_about_a_case(self) -> bool:
        return "case_number" in address_names()[self.name]


def _rows() -> list[Row]:
    lines = [line.split() for line in TABLE.splitlines() if line and not line.startswith("#")]
    return [Row(method, name, dict(zip(ROLES, map(int, statuses), strict=True))) for method, name, *statuses in lines]


ROWS = _rows()


@pytest.fixture
def people(
    *, rich_case: RichCase, colleague: Actor, outsider: Actor, adviser: Actor, auditor: Actor, today: datetime.date
) -> dict[str, User | None]:
    """One person a role."""
    cast = rich_case.cast
    neighbour = OrganisationFactory.create(municipality=True)
    actors = {
        "applicant": cast.applicant,
        "colleague": colleague,
        "municipality": cast.municipality,
        "case_officer": cast.case_officer,
        "director": cast.director,
        "finance_officer": cast.finance_officer,
        "board": rich_case.board_member,
        "outsider": outsider,
        "other_municipality": member(
            neighbour, Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY, email="nabo@example.org", today=today
        ),
        "adviser": adviser,
        "auditor": auditor,
    }
    return {role: actor.user for role, actor in actors.items()} | {
        "secretariat": _secretary(rich_case.application, today),
        "nobody": None,
    }


def _secretary(application: Application, today: datetime.date) -> User:
    user = UserFactory.create(email="sekretariat@example.org")
    BoardSeat.objects.create(
        application=application, kind=SeatKind.SECRETARIAT, name=user.name, email=user.email, user=user, valid_from=today
    )
    return user


def visitor(user: User | None) -> Client:
    """Signed in, once for many requests."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask(visitor: Client, row: Row, application: Application, case: RichCase) -> int:
    """The answer's status; what the request changed is undone, in the database and in the visitor's cookies."""
    client = Client()
    client.cookies.update(visitor.cookies)
    with transaction.atomic():
        answer: HttpResponseBase = client.generic(
            row.method,
            address(row.name, application, case.letter),
            f"line={application.funding_lines.values_list('pk', flat=True).first()}",
            content_type="application/x-www-form-urlencoded",
        )
        if answer.streaming:
            list(answer)  # read to its end, so that its file is closed
        transaction.set_rollback(True)
    return answer.status_code


def told(row: Row, status: int, expected: int) -> str:
    return f"{row.method} {row.name}: {status}, not {expected}"


def test_every_address_stands_in_the_table() -> None:
    assert {row.name for row in ROWS} == set(address_names())


@pytest.mark.parametrize("role", ROLES)
def test_the_table_says_what_everybody_gets(role: str, rich_case: RichCase, people: dict[str, User | None]) -> None:
    asking = visitor(people[role])
    answers = [(row, ask(asking, row, rich_case.application, rich_case)) for row in ROWS]

    assert [told(row, status, row.statuses[role]) for row, status in answers if status != row.statuses[role]] == []


def test_methods_that_are_not_in_the_table_are_refused(rich_case: RichCase, people: dict[str, User | None]) -> None:
    held = {(row.method, row.name) for row in ROWS}
    others = [
        Row(method, name, {})
        for name in address_names()
        for method in ("GET", "POST", "PUT", "DELETE")
        if (method, name) not in held and name != "set_language"  # Django's own, leads back whatever one does
    ]
    asking = visitor(people["applicant"])
    answers = [(row, ask(asking, row, rich_case.application, rich_case)) for row in others]

    assert [told(row, status, 405) for row, status in answers if status != 405] == []


def test_whoever_is_not_signed_in_is_led_to_the_page_they_wanted(client: Client, rich_case: RichCase) -> None:
    wanted = address("applications:agreement", rich_case.application)

    assert client.get(wanted)["Location"] == f"{reverse('accounts:sign_in')}?next={wanted}"


@pytest.mark.parametrize("role", [role for role in (*INSIDE, *OUTSIDE) if role not in {"applicant", "colleague"}])
def test_a_draft_is_nobody_elses_business(role: str, rich_case: RichCase, people: dict[str, User | None]) -> None:
    draft = cases.make_draft(rich_case.cast, title="Ikke indsendt")
    asking = visitor(people[role])
    answers = [(row, ask(asking, row, draft, rich_case)) for row in ROWS if row.is_about_a_case]

    assert len(answers) > 40
    assert [told(row, status, 404) for row, status in answers if status != 404] == []


def test_a_case_that_does_not_exist_answers_like_a_foreign_one(rich_case: RichCase, people: dict[str, User | None]) -> None:
    unknown = Application(case_number=999_999, area=rich_case.application.area)
    asking = visitor(people["director"])
    answers = [(row, ask(asking, row, unknown, rich_case)) for row in ROWS if row.is_about_a_case]

    assert [told(row, status, 404) for row, status in answers if status != 404] == []
