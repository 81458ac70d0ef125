"""Run tests in Chromium if the machine has one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that talks to this machine only; if none is found the test is skipped and says so."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        pytest.skip("No Chromium found: set CHROMIUM or install one to run the browser tests.")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    expect.set_options(timeout=15_000)  # a busy machine takes longer than the five seconds of the default
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*quiet, "--disable-sync", "--no-first-run"])
        try:
            yield browser
        finally:
            if "DJANGO_ALLOW_ASYNC_UNSAFE" in os.environ:
                # Rows that were read while the browser's loop ran have a connection of their own.
                connections.close_all()
            browser.close()
