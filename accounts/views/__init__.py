"""Pages of accounts."""

from accounts.signing_in import sign_in_as, with_language
from accounts.views.signed_in import (
    NewPassword,
    act_as,
    change_password,
    close_calendar,
    forgotten_password,
    kept_post,
    mails,
    next_address,
    open_calendar,
    profile,
    reset_mail_sent,
    sign_in,
    sign_out,
    signed_out,
)

__all__ = [
    "NewPassword",
    "act_as",
    "change_password",
    "close_calendar",
    "forgotten_password",
    "kept_post",
    "mails",
    "next_address",
    "open_calendar",
    "profile",
    "reset_mail_sent",
    "sign_in",
    "sign_in_as",
    "sign_out",
    "signed_out",
    "with_language",
]
