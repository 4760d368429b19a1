"""Settings for a developer's machine: debug pages, mails to a folder."""

from lbf_portal.settings.base import *  # noqa: F403 - the settings of every environment build on base
from lbf_portal.settings.base import DATA_DIR, STORAGES

DEBUG = True
SECRET_KEY = "development-only-never-used-where-anybody-else-signs-in"  # noqa: S105 - says itself what it is
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mails"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
