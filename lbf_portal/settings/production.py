"""Settings of production. Refuses to start with a missing or weak secret."""

from django.core.exceptions import ImproperlyConfigured

from lbf_portal.settings import environment
from lbf_portal.settings.base import *  # noqa: F403 - the settings of every environment build on base
from lbf_portal.settings.base import CLAMD_ADDRESS

DEBUG = False
SECRET_KEY = environment.text("LBF_SECRET_KEY")
SHORTEST_SECRET, FEWEST_DIFFERENT_CHARACTERS = 50, 10
if (
    len(SECRET_KEY) < SHORTEST_SECRET
    or len(set(SECRET_KEY)) < FEWEST_DIFFERENT_CHARACTERS
    or SECRET_KEY.startswith("django-insecure")
):
    raise ImproperlyConfigured(
        "LBF_SECRET_KEY is too weak: use at least 50 random characters, "
        "for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(60))'"
    )
ALLOWED_HOSTS = environment.words("LBF_ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set LBF_ALLOWED_HOSTS to the host names of the portal, separated by commas.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

# The reverse proxy ends TLS and says so.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = environment.boolean("LBF_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

EMAIL_HOST = environment.text("LBF_SMTP_HOST", "localhost")
EMAIL_PORT = int(environment.text("LBF_SMTP_PORT", "25"))
EMAIL_HOST_USER = environment.text("LBF_SMTP_USER", "")
EMAIL_HOST_PASSWORD = environment.text("LBF_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.boolean("LBF_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold the outbox

# Whoever runs the portal either names a scanner or says that files are taken without one.
ACCEPTS_UNSCANNED_FILES = environment.boolean("LBF_ACCEPT_UNSCANNED_FILES", default=False)
if not CLAMD_ADDRESS and not ACCEPTS_UNSCANNED_FILES:
    raise ImproperlyConfigured(
        "Set LBF_CLAMD_SOCKET to ClamAV's socket or host:port, so that attached files are scanned, "
        "or LBF_ACCEPT_UNSCANNED_FILES=true to take them without."
    )
