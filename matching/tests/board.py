"""Addresses of the pages of the fixture `cohort`."""

from typing import Any

from django.urls import reverse


def url(name: str, *args: Any) -> str:
    return reverse(f"matching:{name}", args=["board", *args])
