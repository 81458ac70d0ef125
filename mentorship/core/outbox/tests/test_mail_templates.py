"""The words of mails: ours, and those that programmes write; nothing in them or in a name is ever code."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.mail_templates import rendering
from mentorship.core.outbox.mail_templates.catalogue import catalogue, problems_of
from mentorship.core.outbox.mail_templates.rendering import MailText, mail_text
from mentorship.core.outbox.mail_templates.services import reset_wording, save_wording, wordings_so_far
from mentorship.core.outbox.models import MailTemplate
from mentorship.devtools.testing.factories import UserFactory, WorkspaceFactory

KIND = "cohorts/offer_lapsed"
EDITABLE = [kind for kind in catalogue() if rendering.is_editable(kind)]
# Text that is likely to be something: template code, placeholders, headers, HTML, odd characters.
NASTY = st.lists(
    st.sampled_from(
        [
            "{{ site_url }}",
            "{% now 'Y' %}",
            "{#",
            "#}",
            "{link}",
            "{name}",
            "{",
            "}",
            "{{name}}",
            "\r\nBcc: x@example.org",
            "<script>alert(1)</script>",
            "<img src=x onerror=y>",
            "&lt;",
            '" onclick="x',
            "\x00",
            "\u202e",
            "\u2028",
            "\x85",
            "Ana",
            " ",
            "é",
            "\ud800",
        ]
    )
    | st.text(max_size=8),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("kind", EDITABLE)
def test_each_mail_keeps_its_own_rules(kind):
    default = rendering.default_text(kind)
    assert problems_of(kind, default.subject, subject=True) == []
    assert problems_of(kind, default.body) == []
    names = [p.name for p in default.placeholders]
    assert len(names) == len(set(names))
    subject, text, html = default.sample()
    assert subject
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"\{(name|dates)\}", "", subject + text)), "something was not filled in"
    assert "\n\n\n" not in text
    assert "<p>" in html


def test_the_mails_of_sign_up_and_places_can_be_worded():
    for kind in ("accepted", "declined", "waitlisted", "signup_confirm", "signup_invitation", "mailing", "weekly"):
        assert f"cohorts/{kind}" in EDITABLE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(values=st.dictionaries(st.sampled_from(["name", "cohort", "link", "message", "programme"]), NASTY))
def test_braces_in_a_value_stay_text(values):
    text = MailText(KIND, "Your place in {cohort}, {name}", "Dear {name},\n{cohort} {link}\n{programme}", edited="x")
    subject, body, html = text.sample(**values)
    assert subject == rendering.one_line(subject)
    assert "\n" not in subject
    assert not any(ord(c) < 32 and c not in "\n\t" for c in body)
    assert "<script>" not in html
    assert "<img" not in html
    for value in values.values():
        if "{% now" in value or "{{ site_url" in value:
            assert "127.0.0.1:8000" not in body
    # One pass: a name that looks like a placeholder is not filled in again.
    assert MailText(KIND, "x", "{name}", edited="x").sample(name="{link}")[1] == "{link}\n"


@given(typed=NASTY)
def test_what_somebody_typed_is_never_run(typed):
    text = MailText(KIND, f"S {typed}", f"Dear you, {typed}", edited="programme")
    subject, body, html = text.render({"site_url": "CANARY", "link": "https://example.org"})
    assert "CANARY" not in subject + body + html
    assert "<script>" not in html
    assert "\n" not in subject


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("Dear {nam}, {link}", "{nam} is none of the placeholders"),
        ("Dear {name.password}, {link}", "{name.password} is none"),
        ("Dear {{ name }}, {link}", "Template code"),
        ("{% include 'x' %} {link}", "Template code"),
        ("Dear {name}", "The text needs {link}"),
    ],
)
def test_a_text_that_can_not_be_the_mail_is_refused_with_the_reason(body, problem):
    assert problem in " ".join(problems_of(KIND, body))


@pytest.mark.django_db
def test_what_breaks_the_rules_is_not_saved():
    with pytest.raises(ServiceError, match="none of the placeholders"):
        save_wording(
            workspace=WorkspaceFactory(), scope="", kind=KIND, subject="S", body="{x} {link}", by=UserFactory()
        )
    assert not MailTemplate.objects.exists()


@pytest.mark.django_db
def test_the_cohort_comes_before_the_programme_and_that_before_ours():
    workspace, by = WorkspaceFactory(), UserFactory()
    ours = rendering.default_text(KIND)

    def now(scope=""):
        return mail_text(KIND, workspace_id=workspace.pk, scope=scope).subject

    save_wording(workspace=workspace, scope="", kind=KIND, subject="Programme", body="{link}", by=by)
    save_wording(workspace=workspace, scope="cohort:7", kind=KIND, subject="Cohort", body="{link}", by=by)
    assert (now(), now("cohort:7"), now("cohort:8")) == ("Programme", "Cohort", "Programme")
    assert mail_text(KIND, workspace_id=WorkspaceFactory().pk).subject == ours.subject
    assert mail_text(KIND).subject == ours.subject
    assert reset_wording(workspace=workspace, scope="cohort:7", kind=KIND, by=by)
    assert now("cohort:7") == "Programme"
    assert reset_wording(workspace=workspace, scope="", kind=KIND, by=by)
    assert not reset_wording(workspace=workspace, scope="", kind=KIND, by=by)
    assert now("cohort:7") == ours.subject


@pytest.mark.django_db
def test_who_worded_what_is_on_record_with_the_words():
    workspace, by = WorkspaceFactory(), UserFactory()
    for subject in ("One", "One", "Two"):
        save_wording(workspace=workspace, scope="", kind=KIND, subject=subject, body="{link}", by=by)
    save_wording(workspace=workspace, scope="cohort:7", kind=KIND, subject="Elsewhere", body="{link}", by=by)
    reset_wording(workspace=workspace, scope="", kind=KIND, by=by)
    said = [(entry.verb, entry.data.get("subject")) for entry in wordings_so_far(workspace, "", KIND)]
    assert said == [("took the default mail", None), ("reworded a mail", "Two"), ("reworded a mail", "One")]
