"""The checks before a message leaves: whom it is still for, their addresses, and whether its words still hold."""

import pytest
from django.core import mail
from django.utils.functional import SimpleLazyObject

from cohorts.models import Enrollment
from cohorts.setup.role_words import RoleWord
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.merging import merge_people
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.still_for import STILL_FOR, StillFor, revise
from mentorship.core.outbox.mail_templates.recipe import recipe_of
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import edit_message, resend_message, send_once_more
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Enrollment:
    return EnrollmentFactory(user__full_name="Ana Silva", user__email="old@example.org", title="Maps of soils")


def write(one: Enrollment, *also: User, **given) -> OutboxMessage:
    context = {
        "enrollment": one,
        "person": one.user,
        "cohort": one.cohort,
        "programme": one.cohort.programme,
        "role": RoleWord(one.cohort.programme, one.role),
        "offer_until": None,
        "zone": "UTC",
        "message": "",
        "link": "https://example.org/link",
    }
    given = {"to": [one.user, *also], **given}
    return send_mail(
        "cohorts/waitlisted", context, sender=one.cohort.sender, key=f"test:{one.pk}", why="A test.", **given
    )


def sent(message: OutboxMessage) -> OutboxMessage:
    deliver_all_due()
    message.refresh_from_db()
    return message


def move(user: User, email: str) -> None:
    User.objects.filter(pk=user.pk).update(email=email)


def test_a_waiting_mail_goes_to_the_address_of_the_moment_at_which_it_leaves(one):
    message = write(one)
    move(one.user, "new@example.org")
    assert sent(message).to == ["new@example.org"]
    assert message.status == "sent"
    assert mail.outbox[0].to == ["new@example.org"]


def test_what_failed_and_is_sent_again_goes_to_the_address_of_now(one):
    message = write(one)
    OutboxMessage.objects.filter(pk=message.pk).update(status="failed", last_error="550 no such user")
    message.refresh_from_db()
    move(one.user, "new@example.org")
    resend_message(message=message, by=UserFactory())
    assert sent(message).to == ["new@example.org"]


def test_what_is_sent_once_more_goes_to_the_address_of_now(one):
    message = sent(write(one))
    move(one.user, "new@example.org")
    again = send_once_more(message=message, by=UserFactory(), to=["old@example.org"])
    assert sent(again).to == ["new@example.org"]


def test_a_person_who_was_merged_gets_their_mail_at_the_address_that_was_kept(one):
    message = write(one)
    keep = UserFactory(email="kept@example.org")
    merge_people(keep=keep, other=one.user, by=None)
    assert sent(message).to == ["kept@example.org"]


def test_a_switched_off_account_gets_no_copy_and_the_others_do(one):
    second = UserFactory(email="second@example.org", is_active=False)
    message = sent(write(one, second))
    assert (message.status, message.to) == ("sent", ["old@example.org"])
    assert "second@example.org is left out: the account is switched off" in message.last_error


def test_a_mail_that_is_for_nobody_any_more_ends_as_not_sent_with_the_reason(one):
    one.user.is_active = False
    one.user.save()
    message = sent(write(one))
    assert (message.status, message.get_status_display()) == ("skipped", "not sent")
    assert "nobody left" in message.last_error
    assert "switched off" in message.last_error
    assert not mail.outbox
    with pytest.raises(ServiceError, match="switched off"):
        resend_message(message=message, by=UserFactory())


def test_mere_addresses_of_switched_off_accounts_get_nothing_either(one):
    UserFactory(email="second@example.org", is_active=False)
    assert sent(write(one, "second@example.org", "other@example.org")).to == ["old@example.org", "other@example.org"]


def test_whoever_is_not_what_the_mail_takes_them_for_gets_no_copy(one):
    second = UserFactory(email="second@example.org")
    rule = {"test": lambda messages: {m.pk: StillFor(people=[one.user_id], gone="not in the team") for m in messages}}
    message = write(one, second, audience={"rule": "test"}, cc=["hello@example.org"])
    with STILL_FOR.replaced_by(rule):
        sent(message)
    assert (message.to, message.cc) == (["old@example.org"], ["hello@example.org"])
    assert "not in the team" in message.last_error


def test_those_who_have_it_already_stay_on_record_and_get_no_second_copy(one):
    second = UserFactory(email="second@example.org")
    message = write(one, second)
    OutboxMessage.objects.filter(pk=message.pk).update(delivered_to=["old@example.org"])
    move(one.user, "new@example.org")
    assert sent(message).to == ["old@example.org", "second@example.org"]
    assert mail.outbox[0].to == ["second@example.org"]


@pytest.mark.expects_errors
def test_a_rule_that_fails_holds_its_mails_back_and_loses_none(one):
    def broken(messages):
        raise RuntimeError("broken")

    message = write(one, audience={"rule": "test"})
    with STILL_FOR.replaced_by({"test": broken}):
        assert sent(message).status == "queued"
    with STILL_FOR.replaced_by({"test": lambda messages: {}}):
        assert sent(message).status == "sent"


@pytest.mark.expects_errors
def test_mails_that_are_held_back_block_no_other(one, monkeypatch):
    def broken(messages):
        raise RuntimeError("broken")

    monkeypatch.setattr("mentorship.core.outbox.delivery.deliver.BATCH", 2)
    held = [write(EnrollmentFactory(), audience={"rule": "test"}) for _ in range(3)]
    other = write(one)
    with STILL_FOR.replaced_by({"test": broken}):
        assert sent(other).status == "sent"
    assert OutboxMessage.objects.filter(pk__in=[m.pk for m in held], status="queued").count() == 3


def test_a_waiting_mail_is_rendered_again_when_what_it_quotes_has_changed(one):
    message = write(one)
    cohort, programme = one.cohort, one.cohort.programme
    cohort.name, programme.name = "Autumn 2027", "New Seeds"
    cohort.save()
    programme.save()
    assert "Autumn 2027" in sent(message).subject + message.body_text
    assert "New Seeds" in message.body_text
    assert "Autumn 2027" in mail.outbox[0].subject + mail.outbox[0].body


def test_a_waiting_mail_has_the_wording_and_the_role_word_of_the_moment_at_which_it_leaves(one):
    message = write(one)
    MailTemplate.objects.create(
        workspace_id=one.cohort.workspace_id, kind="cohorts/waitlisted", subject="As {role}", body="Dear {name}, wait."
    )
    programme = one.cohort.programme
    programme.mentee_label = "project lead"
    programme.save()
    assert sent(message).subject == "As project lead"
    assert message.body_text == "Dear Ana Silva, wait.\n"


def test_words_that_a_coordinator_changed_by_hand_stay(one):
    message = write(one)
    edit_message(message=message, by=UserFactory(), subject="By hand", text="My words.")
    one.cohort.name = "Autumn 2027"
    one.cohort.save()
    assert (sent(message).subject, message.body_text) == ("By hand", "My words.\n")


@pytest.mark.parametrize("known", [{"delivered_to": ["other@example.org"]}, {"maybe_duplicate": True}])
def test_words_that_somebody_may_have_stay(one, known):
    message = write(one)
    before = message.body_text
    OutboxMessage.objects.filter(pk=message.pk).update(**known)
    one.cohort.name = "Autumn 2027"
    one.cohort.save()
    assert sent(message).body_text == before


def test_a_signed_in_reader_is_quoted_like_anybody_else(one):
    words = one.cohort.sender.words_of("cohorts/waitlisted")
    kept = recipe_of(words, {"person": SimpleLazyObject(lambda: one.user)}, workspace_id=None, scope="")
    assert f"accounts.user:{one.user_id}" in kept["made_of"]


def test_the_number_of_queries_does_not_grow_with_what_waits(django_assert_max_num_queries):
    messages = [write(EnrollmentFactory()) for _ in range(2)]
    cohort = EnrollmentFactory().cohort
    messages += [write(EnrollmentFactory(cohort=cohort)) for _ in range(20)]
    with django_assert_max_num_queries(9):
        revise(messages)
