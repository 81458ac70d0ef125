"""The person of these tests by name and address, and every trace of them in the database."""

import json
from datetime import date

from django.apps import apps

from checkins.models import Answer, Graduation
from matching.models import Match

EMAIL, NAME, PHRASE = "zaina.qorimba@canary.example", "Zaina Qorimbá O'Neil", "heliotrope-canary"
SECOND = "zq@second-canary.example"
TODAY = date(2027, 3, 1)
CANARIES = ("canary", "qorimb", "zaina")


def everything():
    """Every value of every row of every table, as one text for each row."""
    for model in apps.get_models(include_auto_created=True):
        for values in model._base_manager.values():
            yield model._meta.label_lower, json.dumps(values, default=str, ensure_ascii=False).casefold()


def traces(words=CANARIES):
    return sorted({label for label, text in everything() if any(word in text for word in words)})


def figures():
    return Match.objects.count(), Graduation.objects.filter(status="graduated").count(), Answer.objects.count()
