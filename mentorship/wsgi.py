"""The entry point for web servers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mentorship.core.web.database import prepare_for_web

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")

application = get_wsgi_application()
prepare_for_web(settings.DATABASES["default"])
