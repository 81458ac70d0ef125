"""The entry point for web servers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mentorship.core.web.database import prepare_for_web
from mentorship.core.web.demo_only_here import Application, refuse_others
from mentorship.environment import refused_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")

with refused_in_one_line():
    application: Application = get_wsgi_application()
settings.PAPERS_APART = True
if settings.TRYING_OUT:
    application = refuse_others(application)
prepare_for_web(settings.DATABASES["default"])
