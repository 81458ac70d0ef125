"""Words for the coordinators in check-ins are read by coordinators only: on pages, in files and by search."""

import pytest
from django.urls import reverse

from checkins.answering.replies import note_reply
from checkins.models import Case
from checkins.tests.rows import NOW, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_viewers_see_that_people_answered_and_coordinators_what(client, cast, checkin):
    say(checkin, have_met="no", want="help", words="a secret wish")
    note_reply(
        cohort=cast.cohort,
        match=checkin.match,
        checkin=checkin,
        user=cast.mentee,
        by=cast.coordinator,
        how="difficult",
        day=NOW.date(),
        words="a secret mail",
        stop=False,
        case=True,
    )
    slug = cast.cohort.slug
    case = Case.objects.first()
    pages = [
        reverse("checkins:checkin-detail", args=[slug, checkin.pk]),
        reverse("checkins:checkin-list", args=[slug]) + "?format=csv",
        reverse("checkins:checkin-list", args=[slug]),
        reverse("checkins:reply-create", args=[slug, checkin.match_id]),
        reverse("checkins:pair-list", args=[slug]) + "?format=csv",
        reverse("checkins:case-list", args=[slug]) + "?q=secret",
    ]
    words = ["a secret", "Not yet", f'href="{case.get_absolute_url()}"']
    read = {}
    for reader in (cast.viewer, cast.coordinator):
        client.force_login(reader)
        texts = [client.get(page).content.decode() for page in pages]
        read[reader] = [[word for word in words if word in text] for text in texts]
        assert client.get(case.get_absolute_url()).status_code == (404 if reader == cast.viewer else 200)
    assert read[cast.viewer] == [[]] * 6
    assert read[cast.coordinator][:2] == [[*words], ["a secret"]]
    client.force_login(cast.viewer)
    assert "Only coordinators read answers" in client.get(pages[0]).content.decode()
    assert cast.mentee.full_name in client.get(pages[1]).content.decode()
