"""The sentence about why: coordinators edit or drop it until the intro leaves, and both sides read what they left."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.engine.services import run_now
from matching.intro.services import confirm_run, preview_fingerprint, unconfirmed_proposals
from matching.models import PairSentence
from matching.sentences.forms import SentenceForm
from matching.tests.pair_pages import page_of
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import edit_message
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import text_in

pytestmark = pytest.mark.django_db
OWN = "You both care for <soil> & {names}"
GRACE = timedelta(minutes=30)


@pytest.fixture
def run(cohort):
    mentee = EnrollmentFactory(cohort=cohort, title="Soil maps", user__full_name="Tariq", interaction_style="calls")
    EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Mona", interaction_style="calls")
    run, _ = run_now(cohort=cohort, by=None)
    assert run.proposals.get(kind="chosen").mentee == mentee
    return run


def pair_of(run):
    return run.proposals.get(kind="chosen")


def intro_of(run):
    return OutboxMessage.objects.get(kind="intro", scope=f"cohort:{run.cohort_id}")


def path_of(pair):
    return reverse("matching:sentence-edit", args=["board", pair.mentee_id, pair.mentor_id])


def post(coordinator, pair, seen, **data):
    return coordinator.post(path_of(pair), {"seen": seen, **data}, follow=True)


def sentence(run):
    return f"You {' and '.join(filter(None, [', '.join(pair_of(run).reasons[:-1]), pair_of(run).reasons[-1]]))}."


def test_an_edited_sentence_is_what_the_preview_the_mail_and_the_page_say(client, coordinator, cast, run):
    pair, before = pair_of(run), sentence(run)
    preview = text_in(post(coordinator, pair, before, text=f"{OWN}\n"))
    assert f"“{OWN}.” edited" in preview
    assert f"Why we matched you: {OWN}." in preview
    (match,) = confirm_run(run=run, by=None)
    deliver_all_due()
    mail = OutboxMessage.objects.get(pk=match.intro_id)
    assert mail.status == "sent"
    assert f"Why we matched you: {OWN}. You can talk in English." in mail.full_text
    assert "You both care for &lt;soil&gt; &amp; {names}." in mail.full_html
    assert before not in mail.full_text
    for user in (match.mentor.user, match.mentee.user):
        assert "You both care for &lt;soil&gt; &amp; {names}." in page_of(client, user, match)
    entry = AuditEntry.objects.get(verb="reworded the reason for a pair")
    assert (entry.actor, entry.data["before"], entry.data["after"]) == (cast.coordinator, before, f"{OWN}.")


def test_a_dropped_sentence_is_read_by_nobody_and_can_be_taken_back(client, coordinator, run):
    pair, before = pair_of(run), sentence(run)
    assert "Why we matched you: The coordinators chose you" in text_in(post(coordinator, pair, before, do="leave out"))
    again = text_in(post(coordinator, pair, "", do="undo"))
    assert f"Why we matched you: {before}" in again
    assert not PairSentence.objects.exists()
    post(coordinator, pair, before, do="leave out")
    (match,) = confirm_run(run=run, by=None)
    deliver_all_due()
    assert "Why we matched you" not in page_of(client, match.mentee.user, match)


def test_a_waiting_intro_is_written_anew_at_once_and_one_that_left_is_not(coordinator, run):
    pair, before = pair_of(run), sentence(run)
    (match,) = confirm_run(run=run, by=None, grace=GRACE)
    page = text_in(post(coordinator, pair, before, text="You both map soil."))
    assert "“You both map soil.” edited" in page
    mail = OutboxMessage.objects.get(pk=match.intro_id)
    assert "Why we matched you: You both map soil." in mail.full_text
    assert "Why we matched you: You both map soil." in mail.full_html
    OutboxMessage.objects.filter(pk=mail.pk).update(status="sent", sent_at=timezone.now())
    late = post(coordinator, pair, "You both map soil.", text="Too late")
    assert late.status_code == 422
    assert "has been sent" in text_in(late)
    assert PairSentence.objects.get().text == "You both map soil."


def test_an_intro_that_was_edited_by_hand_keeps_its_words(coordinator, cast, run):
    pair, before = pair_of(run), sentence(run)
    (match,) = confirm_run(run=run, by=None, grace=GRACE)
    edit_message(message=match.intro, by=cast.coordinator, subject="Meet", text="By hand.")
    answer = post(coordinator, pair, before, text="Mine")
    assert answer.status_code == 422
    assert "edited this email by hand" in text_in(answer)
    assert intro_of(run).body_text == "By hand.\n"
    assert not PairSentence.objects.exists()


def test_nobody_overwrites_what_another_coordinator_has_just_written(coordinator, run):
    pair, before = pair_of(run), sentence(run)
    post(coordinator, pair, before, text="Theirs.")
    answer = post(coordinator, pair, before, text="My own words")
    assert answer.status_code == 422
    assert "Somebody else has just changed this to “Theirs.”" in text_in(answer)
    assert "My own words" in answer.text
    assert PairSentence.objects.get().text == "Theirs."
    assert 'name="seen" value="Theirs."' in answer.text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("You both \n map  soil", "You both map soil."),
        ("Both say “we map”", "Both say “we map”."),
        ("Both say “we map.”", "Both say “we map.”"),
        ("You both map <b>soil</b> 🌱", "You both map <b>soil</b> 🌱"),
        ("你们都喜欢摄影", "你们都喜欢摄影"),
        ("كلاكما يرسم\u202e", "كلاكما يرسم."),
    ],
)
def test_a_sentence_ends_as_its_script_does(text, kept):
    form = SentenceForm({"text": text})
    assert form.is_valid()
    assert form.cleaned_data["text"] == kept


@pytest.mark.parametrize("text", ["", " \n ", "x" * 401, "\u200b.", "…"])
def test_bad_input_is_refused_beside_the_field(coordinator, run, text):
    answer = post(coordinator, pair_of(run), sentence(run), text=text)
    assert answer.status_code == 422
    assert answer.context["form"].errors["text"]
    assert not PairSentence.objects.exists()


def test_the_sentence_survives_another_run_and_a_stale_preview_is_not_confirmed(coordinator, cohort, run):
    shown = preview_fingerprint(cohort, unconfirmed_proposals(run))
    post(coordinator, pair_of(run), sentence(run), text="You both map soil.")
    with pytest.raises(ServiceError, match="Look once more"):
        confirm_run(run=run, by=None, shown=shown)
    again, _ = run_now(cohort=cohort, by=None)
    confirm_run(run=again, by=None)
    assert "You both map soil." in intro_of(run).full_text


def test_only_coordinators_edit_and_only_pairs_that_are_proposed(client, cast, cohort, run):
    pair = pair_of(run)
    other = EnrollmentFactory(cohort=cohort, role="mentor")
    for user, status in ((cast.viewer, 404), (cast.stranger, 404), (pair.mentor.user, 404)):
        client.force_login(user)
        assert client.get(path_of(pair)).status_code == status
    client.force_login(cast.coordinator)
    assert client.get(path_of(pair)).status_code == 200
    assert client.get(reverse("matching:sentence-edit", args=["board", pair.mentee_id, other.pk])).status_code == 404


# --- in the board's panel ---


def panel(client, run, **more):
    pair = pair_of(run)
    return client.get(reverse("matching:board", args=["board"]), {"run": run.number, "mentee": pair.mentee_id, **more})


def test_the_sentence_is_edited_in_the_panel_of_the_board_and_the_panel_stays_open(coordinator, run):
    pair, before = pair_of(run), sentence(run)
    page = panel(coordinator, run)
    assert f'action="{path_of(pair)}"' in page.text
    back = f"run={run.number}&mentee={pair.mentee_id}&q=soil"
    saved = post(coordinator, pair, before, text="You both map soil.", back=back)
    assert saved.redirect_chain == [(f"{reverse('matching:board', args=['board'])}?{back}", 302)]
    assert "What both of them will read You both map soil. edited" in text_in(saved)
    dropped = text_in(post(coordinator, pair, "You both map soil.", do="leave out", back=back))
    assert "Nothing. The sentence is left out. edited" in dropped
    again = text_in(post(coordinator, pair, "", do="undo", back=back))
    assert f"What both of them will read {before} Edit or leave out" in again


def test_what_was_typed_in_the_panel_comes_back_with_the_error_and_leads_to_the_board_again(coordinator, run):
    pair = pair_of(run)
    back = f"run={run.number}&mentee={pair.mentee_id}"
    refused = post(coordinator, pair, "Something else.", text="Mine", back=back)
    assert refused.status_code == 422
    assert "Mine" in refused.text
    assert f'name="back" value="{back.replace("&", "&amp;")}"' in refused.text
    assert 'id="change"' in refused.text  # the part that the board shows in its dialog


def test_the_panel_lets_nobody_edit_who_may_not_and_no_older_run(client, coordinator, cast, cohort, run):
    before = sentence(run)
    run_now(cohort=cohort, by=None)
    assert "sentence-" not in panel(coordinator, run).text
    client.force_login(cast.viewer)
    page = panel(client, run)
    assert f"What both of them will read {before}" in text_in(page)
    assert "sentence-" not in page.text
