"""How the fields of forms are drawn."""

from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Engine
from django.utils.functional import cached_property


class FormRenderer(DjangoTemplates):
    """Django's own, with our templates before its own.

    A list of all countries has 250 options, and Django includes two templates for each, which was a third of the time
    that a sign-up form took. Ours has none to include.
    """

    @cached_property
    def engine(self) -> Engine:
        django = super().engine
        return Engine(
            {
                "APP_DIRS": True,
                "DIRS": [settings.BASE_DIR / "templates", *django.template_dirs],
                "NAME": django.name,
                "OPTIONS": {},
            }
        )
