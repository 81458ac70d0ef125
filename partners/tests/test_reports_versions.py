"""Impact reports: frozen when published, and nobody in particular in any of them."""

import io
import json
from datetime import timedelta
from itertools import combinations

import pypdf
import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of
from mentorship.devtools.testing.pages import SURE
from partners.disclosure.gate import Release
from partners.disclosure.small_groups import MINIMUM, group_sums, is_safe_beside, suppress_nested
from partners.documents.reports import report_pdf
from partners.models import ReportVersion
from partners.reports.composition import compare_versions, compose
from partners.reports.services import create_report, publish_report, revoke_link, share_version

pytestmark = pytest.mark.django_db


def report_of(cast, **fields):
    plain = {"partner": cast.partner, "cohort": cast.cohort, "title": "What came of it", "words": "A good year."}
    return create_report(workspace=cast.programme.workspace, by=cast.owner, **{**plain, **fields})


def join(cohort, country, people):
    for _ in range(people):
        EnrollmentFactory(cohort=cohort, country=country)


def places(data):
    return [row for b in data["blocks"] if b["kind"] == "places" for t in b["tables"] for row in t["rows"]]


numbers = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), min_size=1, max_size=3)


@given(numbers)
def test_nested_rows_and_their_sums_reveal_no_small_group(groups):
    named = [(f"G{g}", [(f"R{g}{r}", n) for r, n in enumerate(rows)]) for g, rows in enumerate(groups)]
    rows = suppress_nested(named)
    assert sum(n for _l, n, _g in rows) in (0, sum(map(sum, groups)))
    for _label, number, _group in rows:
        assert number == 0 or number >= MINIMUM
    for group, total in group_sums(rows):
        inner = [n for _l, n, g in rows if g == group]
        for size in range(1, len(inner) + 1):
            for chosen in combinations(inner, size):
                rest = total - sum(chosen)
                assert rest == 0 or rest >= MINIMUM


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12)), min_size=2, max_size=2))
def test_two_tables_that_are_safe_beside_each_other_differ_by_no_small_group(tables):
    old, new = ([[k, n] for k, n in t.items()] for t in tables)
    changes = [tables[1].get(k, 0) - tables[0].get(k, 0) for k in "abcd"]
    sums = {sum(c) for size in range(1, 5) for c in combinations(changes, size)}
    assert is_safe_beside(new, old) is not any(0 < abs(s) < MINIMUM for s in sums)


def test_a_newer_figure_that_reveals_few_people_is_held_back(cast):
    join(cast.cohort, "KE", 8)
    join(cast.cohort, "DE", 7)
    report = report_of(cast)
    first = publish_report(report=report, by=cast.owner)
    join(cast.cohort, "KE", 2)
    second = publish_report(report=report, by=cast.owner)
    assert places(second.data) == places(first.data)
    join(cast.cohort, "KE", 4)
    third = publish_report(report=report, by=cast.owner)
    assert ["Kenya", 14] in places(third.data)
    assert ["Mentees", 16] in second.data["blocks"][1]["figures"]
    assert ["Mentees", 16 + 2 + 4] in third.data["blocks"][1]["figures"]
    rows = compare_versions(first.data, third.data)
    assert ("Where people are from", "Mentees by country", "Kenya", 8, 14) in rows


def test_a_preview_puts_nothing_on_record_as_shown(cast):
    join(cast.cohort, "KE", 8)
    report = report_of(cast)
    compose(report, release=False)
    join(cast.cohort, "KE", 1)
    rows = [["Kenya", 9, "Africa"]]
    assert Release(cast.cohort, write=False).table("mentees:places", rows, what="Places") == rows


def test_a_published_version_is_frozen(cast):
    version = publish_report(report=report_of(cast), by=cast.owner)
    before = json.loads(json.dumps(version.data))
    join(cast.cohort, "KE", 9)
    assert ReportVersion.objects.get(pk=version.pk).data == before
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ReportVersion.objects.filter(pk=version.pk).update(data={})
    assert publish_report(report=version.report, by=cast.owner).number == 2
    assert dict(version.data["definitions"])["Graduates"]


def test_an_empty_report_is_not_published(cast):
    report = report_of(cast, words="", blocks=["words", "quotes"])
    with pytest.raises(ServiceError, match="nothing to tell"):
        publish_report(report=report, by=cast.owner)


def test_public_thanks_leave_out_unofficial_partners(cast):
    cast.partner.official = False
    cast.partner.save()
    blocks = compose(report_of(cast, partner=None), release=False)["blocks"]
    assert not [b for b in blocks if b["kind"] == "thanks"]


def test_who_reads_a_version(client, cast):
    version = publish_report(report=report_of(cast), by=cast.owner)
    url = version.get_absolute_url()
    for user, code in [
        (cast.contact, 200),
        (cast.viewer, 200),
        (cast.other_contact, 404),
        (cast.stranger, 404),
        (cast.mentor, 404),
    ]:
        client.force_login(user)
        assert client.get(url).status_code == code, user
    client.force_login(cast.contact)
    assert client.get(version.report.get_absolute_url()).status_code == 404
    assert "What came of it" in client.get(cast.partner.get_absolute_url()).content.decode()
    public = publish_report(report=report_of(cast, partner=None), by=cast.owner)
    assert client.get(public.get_absolute_url()).status_code == 404


def test_pdf_csv_and_json_of_a_version(client, cast):
    join(cast.cohort, "KE", 8)
    join(cast.cohort, "DE", 7)
    version = publish_report(report=report_of(cast), by=cast.owner)
    client.force_login(cast.contact)
    url = version.get_absolute_url()
    pdf = pypdf.PdfReader(io.BytesIO(client.get(url + "?format=pdf").content))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "A good year." in text
    assert "Kenya" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Kenya,8" in client.get(url + "?format=csv").content.decode()
    assert client.get(url + "?format=json").json() == version.data


def test_a_report_prints_words_in_any_script(cast):
    version = publish_report(report=report_of(cast), by=cast.owner)
    for name, font in NAMES.items():
        long = f"{name} {'Wxyz' * 30}"
        version.data["title"] = version.data["partner"] = long
        version.data["blocks"][0].update(
            title=name, text=f"{name} {long}", figures=[[long, 3]], quotes=[{"text": long, "by": name}]
        )
        pdf = report_pdf(version)
        assert font in fonts_of(pdf)
        assert max(len(line) for line in lines_of(pdf)) < 120


def test_a_secret_link_ends_by_itself_and_by_hand(client, cast):
    version = publish_report(report=report_of(cast), by=cast.owner)
    link, token = share_version(version=version, days=2, by=cast.owner)
    url = reverse("partners:version-by-link", args=[token])
    page = client.get(url)
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    assert token not in link.token_hash
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert client.get(url).status_code == 404
    revoke_link(link=link, by=cast.owner)
    assert client.get(url).status_code == 404
    assert client.get(reverse("partners:version-by-link", args=["x" * 43])).status_code == 404


def test_a_report_is_created_edited_published_and_compared_on_pages(client, cast):
    client.force_login(cast.coordinator)
    form = {
        "title": "Spring",
        "partner": cast.partner.pk,
        "cohort": cast.cohort.pk,
        "blocks": ["words", "figures"],
        "words": "Hello",
    }
    assert client.post(reverse("partners:report-create"), {**form, "year": "2027"}).status_code == 422
    assert client.post(reverse("partners:report-create"), form).status_code == 302
    report = cast.partner.reports.get()
    assert "Hello" in client.get(report.get_absolute_url()).content.decode()
    client.post(reverse("partners:report-publish", args=[report.pk]), SURE)
    report.words = "Hello again"
    report.save()
    client.post(reverse("partners:report-publish", args=[report.pk]), SURE)
    version = report.versions.first()
    answer = client.post(reverse("partners:version-share", args=[report.pk, 2]), {"days": "5"}, follow=True)
    assert "/partners/shared/" in answer.content.decode()
    assert "/partners/shared/" not in client.get(version.get_absolute_url()).content.decode()
    beside_url = reverse("partners:version-compare", args=[report.pk, 2, 1])
    assert client.get(beside_url).status_code == 200
    assert client.get(reverse("partners:report-list")).status_code == 200


def test_members_without_a_country_are_counted_as_such(cast):
    lead = EnrollmentFactory(cohort=cast.cohort, country="KE")
    for _ in range(6):
        lead.members.create(user=UserFactory())
    join(cast.cohort, "KE", 6)
    data = compose(report_of(cast), release=False)
    assert sum(n for _label, n in places(data)[:2]) == 14  # with the cast's own mentee


def test_publishing_again_without_anything_new_makes_no_second_version(cast):
    join(cast.cohort, "KE", 8)
    report = report_of(cast)
    first = publish_report(report=report, by=cast.owner)
    assert publish_report(report=report, by=cast.owner) == first
    join(cast.cohort, "KE", 8)
    assert publish_report(report=report, by=cast.owner).number == 2
