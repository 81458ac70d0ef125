"""Links that were mailed to an address that is not theirs any more lead to the same person."""

import pytest

from cohorts.invitations.links import Invitation, invite_link
from cohorts.invitations.services import send_signup_invitations
from cohorts.models import Enrollment
from cohorts.signup.services import confirm_signup, request_signup
from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db
ANSWERS = {"email": "old@example.org", "full_name": "Ana Silva", "capacity": 1}


@pytest.fixture
def ana():
    return UserFactory(email="old@example.org", full_name="Ana Silva")


def move(person: User) -> None:
    User.objects.filter(pk=person.pk).update(email="new@example.org")


def test_a_sign_up_that_is_confirmed_at_an_old_address_makes_no_second_person(ana):
    signup = request_signup(cohort=CohortFactory(), role="mentor", answers=ANSWERS)
    move(ana)
    enrollment = confirm_signup(signup=signup)
    assert enrollment.user == ana
    assert list(User.objects.values_list("email", flat=True)) == ["new@example.org"]


def test_the_link_that_confirms_a_sign_up_goes_to_the_address_of_now(ana):
    request_signup(cohort=CohortFactory(), role="mentor", answers=ANSWERS)
    move(ana)
    deliver_all_due()
    assert OutboxMessage.objects.get().to == ["new@example.org"]


def test_an_invitation_to_an_old_address_signs_up_the_same_person(ana, client):
    cohort = CohortFactory()
    send_signup_invitations(cohort=cohort, role="mentor", emails=["old@example.org"], by=UserFactory(email="by@x.org"))
    move(ana)
    page = client.get(invite_link(Invitation(cohort.pk, "mentor", "old@example.org"))).content.decode()
    assert "new@example.org" in page
    assert not Enrollment.objects.exists()
