"""All settings, read from the environment (`.env.example` lists the names). A clone with no environment runs."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from redis.backoff import NoBackoff
from redis.retry import Retry

from mentorship import environment as env
from mentorship.core.languages.known import ENGLISH
from mentorship.core.languages.known import LANGUAGES as KNOWN_LANGUAGES
from mentorship.error_reports import start_sentry
from mentorship.safe_settings import KNOWN_KEY, LOCAL_HOSTS, ROLES, days_to_keep, refuse_unsafe, with_limits

BASE_DIR = Path(__file__).resolve().parent.parent

env.read_file(BASE_DIR / ".env")
# What a running installation writes. Outside the code a new version can't replace it.
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

DEBUG = env.boolean("DEBUG", False)
# The installation shows made-up people and its mail goes to files, never to an address. So does a clone with no
# environment; DEBUG=off says that it is a real one.
DEMO = env.boolean("DEMO", DEBUG or "DEBUG" not in os.environ)
TRYING_OUT = DEBUG or DEMO  # by somebody at this machine: `refuse_unsafe` lets it answer to no other name

SECRET_KEY = env.text("SECRET_KEY", KNOWN_KEY if TRYING_OUT else "")
SECRET_KEY_FALLBACKS = env.listed("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", LOCAL_HOSTS if TRYING_OUT else [])
PAPERS_APART = False  # web processes make PDF files in a process apart, see `wsgi.py`
# Links in mails start with it; it may not come from a request, because a worker writes mails too.
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
# The proxies in front of this site whose X-Forwarded-For is believed: their number, or their addresses and networks.
TRUSTED_PROXIES = env.text("TRUSTED_PROXIES")
refuse_unsafe(
    debug=DEBUG,
    demo=DEMO,
    secret_key=SECRET_KEY,
    old_keys=SECRET_KEY_FALLBACKS,
    hosts=ALLOWED_HOSTS,
    site_url=SITE_URL,
    proxies=TRUSTED_PROXIES,
)

INSTALLED_APPS = [
    "mentorship.core.accounts",
    "mentorship.core.audit",
    "mentorship.core.history",
    "mentorship.core.outbox",
    "mentorship.core.submissions",
    "mentorship.core.ui",
    "mentorship.portal",
    "mentorship.operations",
    "mentorship.devtools",
    "cohorts",
    "training",
    "matching",
    "checkins",
    "partners",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "js_lib_bootstrap5",
    "lucide",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "mentorship.operations.health.ProbeMiddleware",
    "mentorship.core.web.client_address.ClientAddressMiddleware",
    "mentorship.core.web.log_lines.AccessLogMiddleware",
    "mentorship.core.web.compression.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mentorship.core.web.private_pages.PrivatePagesMiddleware",
    "mentorship.core.languages.middleware.ReaderLanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mentorship.core.accounts.sessions.idle.IdleSessionMiddleware",
    "mentorship.core.accounts.sign_in.second_factor.SecondFactorMiddleware",
    "mentorship.core.accounts.sign_in.reauthentication.FilesMiddleware",
    "mentorship.core.accounts.middleware.ReaderRolesMiddleware",
    "mentorship.core.accounts.middleware.ReaderTimeZoneMiddleware",
    "mentorship.core.accounts.middleware.BeyondCountingMiddleware",
    "mentorship.core.accounts.middleware.RowsInUseMiddleware",
    "mentorship.core.web.limits.PublicLimitMiddleware",
    "mentorship.core.submissions.middleware.SubmitOnceMiddleware",
    "mentorship.core.web.database.BusyMiddleware",
]

ROOT_URLCONF = "mentorship.urls"
WSGI_APPLICATION = "mentorship.wsgi.application"

LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("mentorship.core.ui.template_loader.Loader", LOADERS)],
            # In mails too, whose placeholders load little.
            "builtins": ["django.templatetags.i18n", "mentorship.core.ui.templatetags.languages"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mentorship.portal.navigation.navigation",
            ],
        },
    },
]

# --- data -------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "mentorship.sqlite3")}
# How long a page waits for a lock, and a statement of it may take, before it says "busy, try again". PostgreSQL only.
DATABASE_LOCK_SECONDS = env.number("DATABASE_LOCK_SECONDS", 3, 0.1, 600)
DATABASE_STATEMENT_SECONDS = env.number("DATABASE_STATEMENT_SECONDS", 30, 1, 3600)
# Connections that the threads of a web process share; 0: one for each thread. PostgreSQL only.
DATABASE_POOL = env.integer("DATABASE_POOL", 4, 0, 1000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- background work --------------------------------------------------------------------------------------------------

REDIS_URL = env.address("REDIS_URL", ("redis", "rediss"), "redis://localhost:6379/0")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # If the broker is down or frozen, retry once at once and give up: the sweep does the work.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | float] = {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        # How soon a worker gives up a connection that went silent: a dead machine says no goodbye.
        "health_check_interval": 5,
    }
    CACHES = {
        "default": {
            "BACKEND": "mentorship.core.fallback_cache.FallbackCache",
            "LOCATION": REDIS_URL,
            # Nobody waits longer than this for a server that hangs; the database stands in for half a minute then.
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)},
        }
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost"  # the host is a word that kombu wants; files have none
    CELERY_BROKER_TRANSPORT_OPTIONS = env.file_queue(VAR_DIR / "queue")
    CACHES = {"default": {"BACKEND": "mentorship.core.fallback_cache.TableCache"}}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Tasks are acknowledged early, so this ends none; it spares a warning at each loss.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as it takes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A request that only wants to say "wake up" must not hang when the broker is away; the sweep does the work anyway.
CELERY_TASK_PUBLISH_RETRY = False
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 60, 1, 3600)
CELERY_BEAT_SCHEDULER = "mentorship.operations.beat:SweepScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "mentorship.operations.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        # A worker that comes back has no day of wake-ups to go through. Clocks of machines differ, hence not tighter.
        "options": {"expires": 600},
    },
}

# --- mail -------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", "Mentorship <mentorship@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
# Whether the mail server takes addresses with letters such as é before the @ (SMTPUTF8, RFC 6531). With False, forms
# ask for another address; with True, a mail that the server can't send after all fails with that reason.
EMAIL_SMTPUTF8 = env.boolean("EMAIL_SMTPUTF8", True)
# A provider that takes mails by HTTP, such as postmark, in place of EMAIL_URL; its keys are ANYMAIL_... as its own
# documentation at django-anymail names them. The secret of its reports is ANYMAIL_WEBHOOK_SECRET=user:password.
EMAIL_PROVIDER = env.mail_provider("EMAIL_PROVIDER")
ANYMAIL: dict[str, str | int] = {
    name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")
}
ANYMAIL["REQUESTS_TIMEOUT"] = EMAIL_TIMEOUT
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
elif EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
else:
    vars().update(env.mail_server("EMAIL_URL", "smtp://localhost:25"))
OUTBOX_LEASE_SECONDS = 120
# "Oldest queued" past this age is an alarm: on Today, by /health/ and by the exit status of `manage.py outbox`.
OUTBOX_LATE_SECONDS = 300

# --- sign-in ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "mentorship.core.outbox.account_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_FORMS = {
    "request_login_code": "mentorship.core.accounts.sign_in.forms.SignInCodeForm",
    "reset_password": "mentorship.core.accounts.sign_in.forms.NewPasswordForm",
    "add_email": "mentorship.core.accounts.sign_in.forms.AddAddressForm",
}
# Whoever takes over an account can not do it unseen.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = TRYING_OUT
# Roles that need a second factor: operator, owner, coordinator, viewer, partner; and the days to set one up.
SECOND_FACTOR_ROLES = env.listed("SECOND_FACTOR_ROLES", allowed=ROLES)
SECOND_FACTOR_GRACE_DAYS = env.integer("SECOND_FACTOR_GRACE_DAYS", 14, 0, 365)
# Whoever has such a role is signed out after so long without a page.
STAFF_IDLE_MINUTES = env.integer("STAFF_IDLE_MINUTES", 240, 1, 100_000)
# For so long after signing in nobody is asked again before changes of rights, addresses and people.
REAUTHENTICATE_MINUTES: int | None = env.integer("REAUTHENTICATE_MINUTES", 30, 1, 100_000)
# How often something may be done, see core/web/limits.py; LIMITS="post_by_source=900/10m,…" changes single ones.
# Many people may share a source, such as the network of a venue; somebody's account or address is theirs alone.
USUAL_LIMITS = {
    "password_by_source_and_account": "5/5m",
    "password_by_source": "30/10m",
    "password_by_account": "30/h",
    "password_by_known_browser": "10/5m",
    "account_mail_by_source_and_address": "3/5m",
    "account_mail_by_source": "200/h",
    "account_mail_by_address": "20/h",
    "account_mail_by_known_browser": "6/10m",
    "unknown_by_source": "10/h",
    "unknown_by_address": "2/d",
    "address_by_account": "5/h",
    "address_by_address": "3/d",
    "sign_up_by_source": "100/h",
    "sign_up_by_source_and_address": "3/h",
    "sign_up_by_address": "10/d",
    "certificate_by_source": "120/h",
    "invited_by_sign_up": "20/d",
    "invited_by_address": "5/d",
    "post_by_source": "1200/10m",  # a full hall behind one address answers at the same time
    "post_by_link": "30/10m",
}
LIMITS = with_limits(USUAL_LIMITS, env.pairs("LIMITS", "sign_up_by_source=500/h"))
# allauth's own limits where ours do not count: by person, or so wide that a full hall can sign in at the same time.
ACCOUNT_RATE_LIMITS = {
    "login": "200/m/ip",
    "login_failed": "5/5m/key",  # codes of the second factor, by person, after the right password
    "request_login_code": "",
    "reset_password": "",
    "reset_password_from_key": "100/m/ip",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "mentorship.core.accounts.sign_in.passwords.NotAboutYouValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- retention times --------------------------------------------------------------------------------------------------

# In days, see docs/operating.md and the page /retention/; KEEP_DAYS="audit=3650,message_texts=always" changes single
# ones. The last two name what other programs delete: the page and the privacy notice tell people so.
KEEP_DAYS = days_to_keep(
    {
        "sessions": 14,
        "sign_in_mails": 1,
        "limits": 1,
        "submissions": 14,  # a page may stay open for days before somebody goes back to it and sends its form again
        "drafts": 30,
        "event_guests": 60,
        "imported_sheets": 90,
        "uploaded_files": 365,
        "sign_up_answers": 1095,
        "check_in_answers": 1095,
        "message_texts": 730,
        "meanings": 60,
        "audit": 1825,
        "data_requests": 1095,
        "deletion_counts": 730,
        "wake_ups": 1,
        "server_log": 30,
        "backups": 90,
    },
    env.pairs("KEEP_DAYS", "audit=3650"),
)
SESSION_COOKIE_AGE = 86400 * (KEEP_DAYS["sessions"] or 14)

# --- pages ------------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = ENGLISH.django
LANGUAGES = [(language.django, language.own_name) for language in KNOWN_LANGUAGES]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
# The tags of messages are the tones of a note, see docs/ui.md.
MESSAGE_TAGS = {message_levels.ERROR: "danger", message_levels.WARNING: "attention", message_levels.SUCCESS: "good"}

STATIC_URL = "/static/"
STATIC_ROOT = str(env.folder("STATIC_ROOT", VAR_DIR / "static"))
# The pictures of the guide, which its pages in the product show as well.
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "guide" / "img")]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRYING_OUT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Nothing has to be collected to try things out.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TRYING_OUT
MEDIA_ROOT = env.folder("MEDIA_ROOT", VAR_DIR / "media")
# Files that people hand in lie in a storage that speaks S3 instead. Needs requirements-extras.txt.
if MEDIA_S3_BUCKET := env.text("MEDIA_S3_BUCKET"):
    STORAGES["default"] = env.s3_storage("MEDIA_S3", MEDIA_S3_BUCKET)
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "mentorship.core.ui.forms.renderer.FormRenderer"
# Addresses typed without a scheme are read as https, as Django 6 does by itself.
FORMS_URLFIELD_ASSUME_HTTPS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- security ---------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if urlparse(SITE_URL).scheme == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- log and monitoring -----------------------------------------------------------------------------------------------

LOG_FORMAT = env.choice("LOG_FORMAT", "line", ("line", "json"))  # json: an object on each line
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "mentorship.core.web.log_lines.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "mentorship.core.web.log_lines.JSONFormatter"},
    },
    "filters": {"outages": {"()": "mentorship.core.web.log_lines.RepeatedOutages"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["outages"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own development server has handlers of its own; everything else goes to the console above, once.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
# Whoever has it reads /metrics, in the text format of Prometheus. Without one there is no such page.
METRICS_TOKEN = env.text("METRICS_TOKEN")
# Errors are reported to Sentry, without personal data. Needs requirements-extras.txt.
SENTRY_DSN = env.address("SENTRY_DSN", ("https", "http"), "https://key@sentry.example.org/1")
if SENTRY_DSN:
    env.need_packages("SENTRY_DSN", "sentry_sdk")
    start_sentry(SENTRY_DSN, environment=urlparse(SITE_URL).hostname or "")
