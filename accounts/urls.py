"""Addresses of accounts."""

from django.urls import path

from accounts import views
from accounts.views import people

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("act-as/", views.act_as, name="act_as"),
    path("kept/", views.kept_post, name="kept"),
    path("profile/", views.profile, name="profile"),
    path("profile/mails/", views.mails, name="mails"),
    path("profile/calendar/open/", views.open_calendar, name="open_calendar"),
    path("profile/calendar/close/", views.close_calendar, name="close_calendar"),
    path("profile/password/", views.change_password, name="change_password"),
    path("password/forgotten/", views.forgotten_password, name="forgotten_password"),
    path("password/forgotten/sent/", views.reset_mail_sent, name="reset_mail_sent"),
    path("password/new/<str:user_key>/<str:token>/", views.NewPassword.as_view(), name="new_password"),
    path("invitation/", people.InvitationPage.as_view(), name="invitation"),
    path("people/", people.own_people, name="own_people"),
    path("organisations/<int:organisation>/people/", people.people, name="people"),
    path("organisations/<int:organisation>/people/invite/", people.invite, name="invite"),
    path("organisations/<int:organisation>/people/<int:member>/", people.member, name="member"),
    path("organisations/<int:organisation>/people/<int:member>/remove/", people.remove, name="remove_member"),
    path("organisations/<int:organisation>/invitations/<int:invitation>/send-again/", people.invite_again, name="invite_again"),
    path(
        "organisations/<int:organisation>/invitations/<int:invitation>/withdraw/",
        people.withdraw_invitation,
        name="withdraw_invitation",
    ),
]
