"""People who probably signed up twice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from cohorts.people.duplicates import (
    likely_duplicates,
    mark_people_as_different,
    merge_duplicates,
    merges_of,
    people_of_programme,
    undo_merge_duplicates,
)
from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import numbers_in, page_of

PAGE_SIZE = 20
MERGES_SHOWN = 50


class DuplicateList(CoordinatorRequiredMixin, View):
    """Pairs side by side with what speaks for and against, and what was merged so far."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.visible_to(request.user), slug=programme_slug)
        pairs = likely_duplicates(programme, request.user)
        context = {
            "programme": programme,
            "page_obj": page_of(request, pairs, PAGE_SIZE),
            "merges": [(merge, _address_given(merge)) for merge in merges_of(programme)[:MERGES_SHOWN]],
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "cohorts/people/duplicates.html", context)


class DuplicatesMerge(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _editable(request, programme_slug)
        pair = _pair(request, programme)
        keep = next((person for person in pair if str(person.pk) == request.POST.get("keep")), None)
        if len(pair) != 2 or keep is None:
            messages.error(request, "Choose whom to keep. One of them may have been merged in the meantime.")
            return redirect("cohorts:duplicates", programme.slug)
        other = next(person for person in pair if person != keep)
        address = other.email
        try:
            merge_duplicates(programme=programme, keep=keep, other=other, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{keep} is one person now, and signs in with {keep.email} or {address}.")
        return redirect("cohorts:duplicates", programme.slug)


class DuplicatesMarkDifferent(CoordinatorRequiredMixin, View):
    """These are two people: do not suggest them again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _editable(request, programme_slug)
        pair = _pair(request, programme)
        if len(pair) == 2:
            mark_people_as_different(programme=programme, people=pair, by=request.user)
            messages.success(request, f"{pair[0].email} and {pair[1].email} stay two people.")
        return redirect("cohorts:duplicates", programme.slug)


class DuplicatesUndo(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str, pk: int) -> HttpResponse:
        programme = _editable(request, programme_slug)
        merge = get_visible_or_404(merges_of(programme), pk=pk)
        try:
            undo_merge_duplicates(programme=programme, merge=merge, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "They are two people again, each with what they had.")
        return redirect("cohorts:duplicates", programme.slug)


def _editable(request: HttpRequest, slug: str) -> Programme:
    return get_visible_or_404(Programme.objects.editable_by(request.user), slug=slug)


def _pair(request: HttpRequest, programme: Programme) -> list[User]:
    """The people of the programme that the form names; others are none of the coordinator's business."""
    ids = numbers_in(request.POST.getlist("people"))
    return list(people_of_programme(programme).filter(pk__in=ids))


def _address_given(merge: PersonMerge) -> str:
    """The address of the merged person, which leads to the kept one now."""
    return next((ids[0] for label, field, ids in merge.moved if (label, field) == ("accounts.user", "email")), "")
