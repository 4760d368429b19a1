"""Settings that hold everywhere. What differs stands in dev, test, demo and production."""

from typing import Any

import django_stubs_ext
import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lbf_portal.settings import environment

# Lets `forms.ModelForm[Application]` and the like be written at run time as they are typed.
django_stubs_ext.monkeypatch()

BASE_DIR = environment.BASE_DIR
DATA_DIR = environment.data_dir()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "crispy_forms",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "lbf_portal.look",
    "accounts",
    "areas",
    "ledger",
    "applications",
    "monitoring",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.SessionRenewalMiddleware",
    "accounts.kept.KeepingLoginRequiredMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "lbf_portal.urls"
WSGI_APPLICATION = "lbf_portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lbf_portal.look.context.portal",
            ],
            # The wiring is no app, and has a tag of its own.
            "libraries": {"cases": "lbf_portal.pages.templatetags.cases"},
        },
    },
]

# Rows that matter keep their history, written by triggers: inserts, changes and deletions.
# `versions`, for `events` are what people did (accounts.models.AuditEvent).
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="versions")
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

DATABASES: dict[str, dict[str, Any]] = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who may sign in, and how.
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]  # a list of plain dicts
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "accounts:signed_out"
SESSION_COOKIE_AGE = 60 * 60  # from the last page, not from sign-in: accounts.sessions renews it

# Danish is the source language; English stands in locale/en.
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Dansk")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True
# Amounts go through the filter `kroner`; case numbers and years are names, not quantities.
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["lbf_portal.formats"]

# Our own sources and what `./portal` builds from the npm packages; nothing built is committed.
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "assets"]
# Only what the build trimmed: apps' own files (all of htmx, tables' themes) would be collected unused.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "dkfds"
CRISPY_FAIL_SILENTLY = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
CSRF_FAILURE_VIEW = "lbf_portal.pages.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Background work. Tasks take ids, can be run twice, and acknowledge late: a killed worker loses nothing.
CELERY_BROKER_URL = environment.text("LBF_BROKER_URL", f"filesystem://{DATA_DIR / 'broker'}")
if CELERY_BROKER_URL.startswith("filesystem://"):
    _folder = CELERY_BROKER_URL.removeprefix("filesystem://")
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": f"{_folder}/messages",
        "data_folder_out": f"{_folder}/messages",
        "control_folder": f"{_folder}/control",
        "processed_folder": f"{_folder}/processed",
        "store_processed": False,
        # A queue of files is looked at this often; every second, the default, makes two mails a second at best.
        "polling_interval": 0.2,
    }
else:
    # A page does not wait for a lost broker: what is queued is also found by a periodic task (lib/background.py).
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2, "socket_connect_timeout": 2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # The outbox is what makes a lost broker harmless: whatever was not sent is found again here.
    "send-waiting-mails": {"task": "accounts.tasks.send_waiting_mails", "schedule": 60.0},
    "render-missing-letters": {"task": "applications.clock.render_missing_letters", "schedule": 60.0},
    "work-on-waiting-transfers": {"task": "applications.clock.work_on_waiting_transfers", "schedule": 15.0},
    "control-waiting-attachments": {"task": "applications.clock.control_waiting_attachments", "schedule": 60.0},
    # Hourly, so that a day without a worker is made up for; each reminder, warning and daily mail is sent once.
    "remind-of-deadlines": {"task": "applications.clock.remind_of_deadlines", "schedule": 3600.0},
    "follow-prequalifications": {"task": "applications.clock.follow_prequalifications", "schedule": 3600.0},
    "send-digests": {"task": "accounts.clock.send_digests", "schedule": 3600.0},
    "sweep-unfinished-uploads": {"task": "applications.clock.sweep_unfinished_uploads", "schedule": 3600.0},
    "work-on-waiting-imports": {"task": "areas.clock.work_on_waiting_imports", "schedule": 60.0},
    # Once a night, within an hour of midnight; asked for hourly, so that a night without a worker is made up for.
    "check-frames": {"task": "ledger.clock.check_frames", "schedule": 3600.0},
    "start-efforts-that-are-due": {"task": "monitoring.clock.move_efforts_that_are_due", "schedule": 3600.0},
}

DEFAULT_FROM_EMAIL = environment.text("LBF_MAIL_FROM", "portal@lbf.example")
# Mails and letters are made outside a request, so the portal must know its own address.
PORTAL_ADDRESS = environment.text("LBF_PORTAL_ADDRESS", "http://127.0.0.1:8000")
SUPPORT_PHONE = environment.text("LBF_SUPPORT_PHONE", "33 76 20 00")
SUPPORT_MAIL = environment.text("LBF_SUPPORT_MAIL", "boligsocial@lbf.example")
IS_DEMO = False

# The virus scanner of what is attached: ClamAV's socket (`/run/clamav/clamd.ctl`) or `host:3310`. Nobody can fetch a file
# before it has answered. Without one files are told to be unscanned; production must say that it wants that (production.py).
CLAMD_ADDRESS = environment.clamd_address("LBF_CLAMD_SOCKET")
ACCEPTS_UNSCANNED_FILES = environment.boolean("LBF_ACCEPT_UNSCANNED_FILES", default=True)

# Letters are made from these files only, never over the network.
LETTER_ASSETS = BASE_DIR / "build" / "assets"
# The outlines of the municipalities, which `./portal` reads out of an npm package (lbf_portal.workbench.map_paths).
MUNICIPALITY_OUTLINES = BASE_DIR / "build" / "assets" / "map" / "municipalities.json"
# What a refusal says on complaints (R162). [INFERRED]: the fund's lawyers must approve the words (Q12).
APPEAL_TEXT = environment.text(
    "LBF_APPEAL_TEXT",
    "Afgørelsen kan ikke indbringes for en anden administrativ myndighed. I kan bede Landsbyggefonden om at se på sagen igen. "
    "I kan også klage til Folketingets Ombudsmand eller indbringe afgørelsen for domstolene.",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Both tell every step of every letter.
    "loggers": {"weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
