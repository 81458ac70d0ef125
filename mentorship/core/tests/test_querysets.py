import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from cohorts.models import Cohort, Enrollment
from mentorship.core.querysets import WorkspaceQuerySet


class Cohorts(WorkspaceQuerySet[Model]):
    workspace_path = "programme__workspace"
    shown_with = ("programme",)


class Enrollments(WorkspaceQuerySet[Model]):
    workspace_path = "cohort__programme__workspace"


@pytest.mark.parametrize(("queryset", "model"), [(Cohorts, Cohort), (Enrollments, Enrollment)])
def test_rows_are_those_of_the_workspaces_where_somebody_has_a_role(cast, queryset, model):
    mine = {Cohort: cast.cohort, Enrollment: cast.mentee_enrollment}[model]
    rows = queryset(model).filter(pk=mine.pk)
    for user, reads, changes in [
        (cast.owner, True, True),
        (cast.coordinator, True, True),
        (cast.viewer, True, False),
        (cast.stranger, False, False),
        (cast.mentor, False, False),
        (AnonymousUser(), False, False),
    ]:
        assert rows.visible_to(user).exists() == reads, user
        assert rows.editable_by(user).exists() == changes, user


def test_what_every_page_needs_comes_along(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert {str(cohort.programme) for cohort in Cohorts(Cohort).visible_to(cast.owner)}
