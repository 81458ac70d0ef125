"""Every page of the demo that links lead to: none is broken. Who opens what says the access matrix."""

import re
from collections import defaultdict

import pytest
from django.conf import settings
from django.urls import resolve

from cohorts.calendar.links import FEED
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.links import meaning_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.walks.crawl import RAW_ZONE, Site, every_view

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# No page of the demo leads there: a state that it does not have, or an address that only a mail or a script knows.
ELSEWHERE = set(
    """
    accounts:reauthenticate-by-code cohorts:merge-agree cohorts:merge-allow
    checkins:certificate-file checkins:checkin-answered checkins:checkin-reschedule checkins:concern-create
    checkins:concern-list checkins:graduation-confirm checkins:pair-farewell checkins:reply-create
    checkins:reply-delete cohorts:bulk-action-detail
    cohorts:answer-file-download cohorts:calendar-feed cohorts:conflict-withdraw cohorts:duplicate-mark-different
    cohorts:duplicate-merge cohorts:duplicate-undo-merge cohorts:enrollment-change-lead cohorts:enrollment-set-group
    cohorts:import-detail cohorts:import-rejected-list cohorts:my-sharing-edit cohorts:people-move cohorts:people-undo
    cohorts:place-leave
    cohorts:selection-run-apply cohorts:selection-run-detail cohorts:selection-run-edit cohorts:sharing-edit
    cohorts:signup-accept-invitation cohorts:signup-confirm cohorts:signup-edit cohorts:signup-sent
    cohorts:topic-mark-different cohorts:topic-merge cohorts:topic-merge-list cohorts:topic-merge-undo
    cohorts:topic-suggest data-request-detail first-run
    cohorts:my-enrollment-edit mail-report matching:board-change matching:board-undo matching:candidate-list
    matching:confirmation-state matching:event-calendar matching:event-guest
    matching:event-guest-calendar matching:event-live
    matching:event-plan matching:event-public matching:event-state matching:group-choose matching:match-rematch
    matching:match-undo
    matching:meeting-calendar matching:my-match matching:my-meeting-cancel matching:my-meeting-create
    matching:my-meeting-edit matching:my-note matching:my-note-create matching:my-rematch-request
    matching:pause-edit matching:replacement-search matching:run-ask-sharing matching:run-compare
    matching:run-compare-aims matching:run-state
    matching:wish-settle outbox:demo-mailbox outbox:held-list outbox:message-cancel outbox:message-edit
    outbox:message-resend
    partners:agreement-instalment-create partners:agreement-instalment-delete
    partners:bank-layout-forget partners:bank-line-match partners:bank-statement-detail partners:cost-file
    partners:entries-confirm
    partners:entry-decline partners:instalment-delete partners:invoice-carry-over
    partners:invoice-credit partners:invoice-delete partners:invoice-draft-pdf partners:invoice-edit
    partners:invoice-issue partners:logo-file partners:my-hours
    partners:person-answer partners:refund-create partners:report-link-revoke partners:version-by-link
    privacy-details-edit sample-create sample-delete saved-view-create saved-view-delete team-news-by-link
    public:calls-frame public:feed public:own-project public:programme-picture
    public:project-picture public:robots public:round-picture public:sitemap training:attendance-edit
    training:borrowed-session-detail training:certificate-detail training:feedback-edit training:guest-confirm
    training:guest-create
    training:meeting-list-apply training:meeting-list-create training:meeting-list-names training:seat-request-decline
    training:seat-request-withdraw training:share-answer
    """.split()  # noqa: SIM905 (eighty names are read as text)
)


def links_in_mails() -> dict[str, list[str]]:
    """Some links of each kind that the demo's mails carry, by the view: they open without an account."""
    found: dict[str, list[str]] = defaultdict(list)
    for message in OutboxMessage.objects.only("body_text", "links"):
        for path in re.findall(re.escape(settings.SITE_URL) + r"(/[^\s>)]*)", message.full_text):
            found[resolve(path.split("?")[0].rstrip(".")).view_name].append(path.rstrip("."))
    return found


def tokens_of_others(site: Site, user: User) -> list[str]:
    """Signed tokens on somebody's pages by which somebody else acts: neither mailed to them nor their own calendar."""
    theirs = {(FEED.salt, (user.pk, 0))}
    for people, links in OutboxMessage.objects.exclude(links={}).values_list("people", "links"):
        if user.pk in people.values():
            theirs |= {(one["for"], tuple(one["values"])) for one in links.values()}
    found = []
    for token, url in site.tokens.items():
        kind, values = meaning_of(token) or (None, ())
        if kind and kind.personal and (kind.salt, values) not in theirs:
            found.append(f"{kind.view_name} {values} on {url}")
    return found


def check_today(client, cohort):
    """Every number of the first page is a link to the list that it counts."""
    needs = client.get("/", {"cohort": cohort.slug}).context["needs"]
    assert needs
    for need in needs:
        listed = client.get(need.url)
        assert listed.status_code == 200, need
        if "page_obj" in listed.context:
            assert listed.context["page_obj"].paginator.count == need.number, need


def test_no_link_is_broken_and_no_page_shows_a_link_of_somebody_else(client, sites):
    assert [
        key for text in OutboxMessage.objects.values_list("body_text", flat=True) for key in RAW_ZONE.findall(text)
    ] == []
    people = {role: User.objects.get(email=email) for role, email in fill.sign_ins()}
    for role, site in sites.items():
        assert not site.broken, role
        assert not site.raw_zones, role
        assert not site.fetched, role
        assert not site.spaced, role
        assert not site.kept, role
        assert not site.crowded, role
        if role in ("programme owner", "partner contact"):
            assert tokens_of_others(site, people[role]) == [], role
    reached = set().union(*(site.views for site in sites.values()))
    for cohort in Cohort.objects.exclude(status="completed"):
        client.force_login(people["programme owner"])
        check_today(client, cohort)
    client.logout()
    for view, links in links_in_mails().items():
        if any(client.get(link).status_code in (200, 302) for link in links[-20:]):
            reached.add(view)
    assert sorted(every_view() - reached - ELSEWHERE) == []
