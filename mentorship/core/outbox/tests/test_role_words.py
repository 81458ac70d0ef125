"""Mails call people by the programme's own words for their roles."""

import re

import pytest

from mentorship.core.outbox.mail_templates.catalogue import catalogue
from mentorship.core.outbox.mail_templates.rendering import default_text
from mentorship.devtools.testing.factories import ProgrammeFactory

ROLE = re.compile(r"\b(mentor|mentee)s?\b", re.IGNORECASE)


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_no_mail_has_a_word_for_a_role_that_is_not_the_programmes(kind):
    text = default_text(kind)
    words = re.sub(r"\{[a-z_]+\}", "", text.subject + text.body)
    assert not ROLE.search(words), "Use a placeholder such as {mentor_word}: programmes have their own words."


@pytest.mark.django_db
def test_a_programme_has_its_words_with_an_article_and_in_the_plural():
    programme = ProgrammeFactory(mentor_label="advisor", mentee_label="intern")
    assert (programme.a_mentor, programme.mentors_word, programme.mentees_word) == ("an advisor", "advisors", "interns")
