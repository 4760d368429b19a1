"""Settings of `./portal demo`: production's shape on one machine, with invented cases and a sign-in without passwords.

Everything that makes it a demo lives in `lbf_portal.demo`, which no other settings install.
"""

from lbf_portal.settings import environment
from lbf_portal.settings.base import *  # noqa: F403 - the settings of every environment build on base
from lbf_portal.settings.base import INSTALLED_APPS, TEMPLATES

DEBUG = False
IS_DEMO = True
# Made anew for each data folder by the workbench, so that two demos do not share sessions.
SECRET_KEY = environment.text("LBF_SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = [*INSTALLED_APPS, "lbf_portal.demo"]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("lbf_portal.demo.context.people")
EMAIL_BACKEND = "lbf_portal.demo.mails.FolderBackend"
