"""Mentors and mentees of a cohort, by a name or a title."""

from mentorship.devtools.testing.factories import EnrollmentFactory


def mentor(cohort, name="Ada", **fields):
    return EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, **fields)


def mentee(cohort, title="Soil maps", **fields):
    return EnrollmentFactory(cohort=cohort, title=title, **fields)
