"""Every form of the demo, sent twice as it stands: the second time changes no number of rows and sends no mail."""

import re
from collections import Counter
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.urls import Resolver404, URLResolver, get_resolver, resolve

from mentorship.core.accounts.models import User
from mentorship.core.views import CONFIRMED, YES
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.walks.crawl import NOT_OURS
from mentorship.devtools.testing.walks.forms import post_forms
from mentorship.devtools.testing.walks.unrecorded import writes
from mentorship.tests.walks.test_every_page import links_in_mails

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# How often a button is tried until it had an effect: on some objects it is refused.
TRIES = 2
# Views whose form the demo does not have, or that refuse it as it stands: a file is missing, a state, a choice. They
# go through the same middleware; a new view either has its effect in the demo or is named here.
NOT_SENT = set(
    """
    accounts:profile accounts:reauthenticate-by-code accounts:session-list cohorts:merge-agree cohorts:merge-allow
    checkins:case-detail checkins:checkin-reschedule checkins:concern-create
    checkins:criterion-create checkins:graduation-confirm checkins:honorarium-create checkins:opportunity-create
    checkins:own-page checkins:pair-farewell checkins:pair-list checkins:question-create
    checkins:question-move checkins:reply-create
    checkins:reply-delete checkins:survey-preview checkins:wave-create cohorts:conflict-withdraw
    cohorts:channel-create cohorts:duplicate-mark-different cohorts:duplicate-merge cohorts:duplicate-undo-merge
    cohorts:enrollment-change-lead cohorts:enrollment-create cohorts:enrollment-decide cohorts:enrollment-edit
    cohorts:enrollment-set-group cohorts:import-create cohorts:import-detail cohorts:invitation-create
    cohorts:my-enrollment-edit cohorts:my-sharing-edit cohorts:people-move cohorts:people-undo cohorts:place-leave
    cohorts:question-create sample-create sample-delete
    cohorts:question-move cohorts:selection-run-apply cohorts:selection-run-edit cohorts:sharing-edit
    cohorts:signup-accept-invitation cohorts:signup-confirm cohorts:signup-edit cohorts:signup-form-preview
    cohorts:topic-mark-different cohorts:topic-merge cohorts:topic-merge-undo
    matching:board-change matching:board-undo matching:event-guest matching:event-public
    matching:group-choose matching:match-rematch matching:match-undo matching:my-match matching:my-note
    matching:my-meeting-cancel matching:my-meeting-create matching:my-meeting-edit matching:my-note-create
    matching:my-rematch-request matching:past-weights matching:pause-edit matching:pause-list
    matching:replacement-search matching:run-ask matching:run-ask-sharing matching:run-compare-aims matching:supply
    matching:wish-settle
    cohorts:enrollment-links first-run my-links outbox:held-list cohorts:team-second-factor
    data-request-detail data-request-mine privacy-details-edit
    saved-view-create saved-view-delete team-news team-news-by-link
    my-data outbox:message-cancel outbox:message-edit outbox:message-resend outbox:message-send-again
    partners:bank-import partners:bank-layout-forget partners:bank-line-match partners:bank-statement-detail
    partners:journal-export partners:refund-create partners:contribution-create partners:cost-split
    partners:agreement-delete partners:agreement-instalment-create partners:contact-absence
    partners:agreement-instalment-delete partners:kind-create partners:requirements-edit partners:scope-create
    partners:entry-create partners:entries-confirm partners:entry-decline partners:instalment-delete
    partners:invoice-carry-over partners:invoice-delete
    partners:invoice-edit partners:invoice-issue partners:my-hours partners:person-answer partners:quote-answer
    partners:report-create partners:requirements-answer
    public:own-listing public:own-project
    partners:report-link-revoke partners:report-publish partners:sponsored-ask training:attendance-edit
    training:feedback-edit training:guest-confirm training:guest-create training:meeting-list-apply
    training:borrowed-session-detail training:meeting-list-create training:meeting-list-names
    training:seat-request-decline training:seat-request-withdraw training:seats-ask
    training:share-answer training:share-list
    """.split()  # noqa: SIM905 (names are read as text)
)


# Changes without an entry of the audit trail, and why they need none.
UNRECORDED = {
    "cohorts:mail-template-edit": "a sample that goes to oneself; the email is on record",
    "cohorts:signup-create": "a draft of anybody; nothing counts until they confirm the address",
    "cohorts:import-detail": "how an uploaded sheet is read; nothing of it counts until it is imported",
    "training:guest-create": "asks for a link to an address; the email is on record",
    "matching:sentence-edit": "saves the sentence that is there; test_sentences_edited has real changes",
    "matching:supply": "asks for a computation again",
    "outbox:planned-detail": "moved to where it is; test_planned_changes has real moves",
}


def posting_views(resolver: URLResolver | None = None, prefix: str = "", *, exempt_only: bool = False) -> set[str]:
    """The names of the addresses of ours that take a POST; only those without the CSRF check where asked."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inside = prefix + (f"{pattern.namespace}:" if pattern.namespace else "")
            found |= posting_views(pattern, inside, exempt_only=exempt_only)
        elif exempt_only and not getattr(pattern.callback, "csrf_exempt", False):
            continue
        elif hasattr(getattr(pattern.callback, "view_class", None), "post"):
            found.add(f"{prefix}{pattern.name}")
    return {name for name in found if not name.startswith(NOT_OURS)}


def row_counts() -> dict[str, int]:
    """Rows of every table but those of sessions, of limits, and of the mechanism itself."""
    with connection.cursor() as cursor:  # one query: it is asked three times for each form
        cursor.execute(_count_all())
        return dict(cursor.fetchall())


@cache
def _count_all() -> str:
    beside = ("sessions", "usersessions", "limits", "submissions")
    models = [m for m in apps.get_models() if m._meta.app_label not in beside]
    tables = [(m._meta.label, connection.ops.quote_name(m._meta.db_table)) for m in models]
    return " UNION ALL ".join(f"SELECT '{label}', COUNT(*) FROM {table}" for label, table in tables)


def view_of(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


class Walk:
    """Sends forms twice and remembers what happened, by the view, the button and the names of the fields."""

    def __init__(self, client) -> None:
        self.client = client
        self.client.raise_request_exception = False
        self.tried: Counter[tuple[str, ...]] = Counter()
        self.effects: dict[tuple[str, ...], dict[str, int]] = {}
        self.wrong: list[tuple[str, tuple[str, ...], object]] = []
        self.unrecorded: set[tuple[str, ...]] = set()

    def page(self, url: str) -> None:
        """Send every form of a page by each of its buttons."""
        answer = self.client.get(url)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            return
        for form in post_forms(answer.content.decode(), url):
            view = view_of(form.action)
            if not view or view.startswith(NOT_OURS):
                continue
            for sent in form.sendings():
                button = [f"{n}={v[0]}" for n, v in sent.items() if n in ("do", "action", "to") and v]
                names = {re.sub(r"\d+", "0", name) for name in sent if "__prefix__" not in name}
                key = (view, *button, *sorted(names - {"csrfmiddlewaretoken"}))
                if self.tried[key] < TRIES and key not in self.effects:
                    self.tried[key] += 1
                    self.send_twice(key, form.action, sent)

    def send(self, view: str, url: str, sent: dict[str, list[str]]):
        """Send it, and remember whether it changed something without an entry of the audit trail."""
        with writes() as written:
            answer = self.client.post(url, sent)
        if answer.status_code < 400 and written.unrecorded and view not in UNRECORDED:
            self.unrecorded.add((view, *written.unrecorded))
        return answer

    def send_twice(self, key: tuple[str, ...], url: str, sent: dict[str, list[str]]) -> None:
        """Send it as it stands, again, and put everything back as it was."""
        with transaction.atomic():
            before = row_counts()
            answer = self.send(key[0], url, sent)
            if answer.status_code == 200 and f'name="{CONFIRMED}"'.encode() in answer.content:
                (form,) = [f for f in post_forms(answer.content.decode(), url) if (CONFIRMED, YES) in f.buttons]
                sent = {**form.values, CONFIRMED: [YES]}
                answer = self.send(key[0], url, sent)
            once = row_counts() if answer.status_code < 500 else {}
            if once and once != before:
                self.effects[key] = difference(once, before)
                again = self.client.post(url, sent)
                if again.status_code >= 500:
                    self.wrong.append((url, key, "failed the second time"))
                elif (twice := row_counts()) != once:
                    self.wrong.append((url, key, difference(twice, once)))
            elif not once:
                self.wrong.append((url, key, "failed"))
            transaction.set_rollback(True)


def difference(now: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: now[name] - before[name] for name in now if now[name] != before[name]}


def test_every_form_that_is_sent_twice_has_one_effect(client, sites):
    walk = Walk(client)
    people = dict(fill.sign_ins())
    for role, site in sites.items():
        client.force_login(User.objects.get(email=people[role]))
        for url in site.pages:
            walk.page(url)
    client.logout()
    for links in links_in_mails().values():
        for link in links[-4:]:
            walk.page(link)
    assert walk.wrong == []
    assert sorted(walk.unrecorded) == []
    assert sorted(posting_views() - {view for view, *_ in walk.effects} - NOT_SENT) == []


def test_no_form_goes_around_the_check_that_it_is_sent_once():
    csrf, once = (
        "django.middleware.csrf.CsrfViewMiddleware",
        "mentorship.core.submissions.middleware.SubmitOnceMiddleware",
    )
    assert settings.MIDDLEWARE.index(csrf) < settings.MIDDLEWARE.index(once)
    # Programs send these, without a page before them; both are idempotent by what they say.
    assert posting_views(exempt_only=True) <= {"cohorts:opt-out-edit", "team-news-by-link"}
