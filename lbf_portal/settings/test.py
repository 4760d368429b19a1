"""Settings of the tests: real PostgreSQL, tasks run at once, mails kept in memory."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("LBF_DATA_DIR", tempfile.gettempdir() + "/lbf_portal_tests")

from lbf_portal.settings.base import *  # noqa: F403 - the data folder must be known before base is read
from lbf_portal.settings.base import DATA_DIR, STORAGES

DEBUG = False
SECRET_KEY = "tests-only-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Fast and good enough for accounts that live for one test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# One folder for each process, gone with it.
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="files-", dir=DATA_DIR if DATA_DIR.exists() else None))
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Whatever the machine names: tests of the scanner start their own.
CLAMD_ADDRESS = ""
ACCEPTS_UNSCANNED_FILES = True
# Nothing is collected for tests: whitenoise then looks for files when they are asked for, and does not warn.
WHITENOISE_AUTOREFRESH = True
