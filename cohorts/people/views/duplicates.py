"""People who probably signed up twice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import ProgrammeView
from cohorts.people.duplicates import (
    likely_duplicates,
    mark_people_as_different,
    merge_duplicates,
    merges_of,
    people_of_programme,
    undo_merge_duplicates,
)
from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import numbers_in, page_of
from mentorship.core.views import Ask, errors_as_messages

PAGE_SIZE = 20
MERGES_SHOWN = 50


class DuplicatesView(ProgrammeView):
    """A page about people of a programme who probably signed up twice."""

    template_name = "cohorts/people/duplicates.html"
    needs_recent_sign_in = True

    def chosen(self) -> list[User]:
        """The people named in the form, within the programme: others are out of the coordinator's reach."""
        ids = numbers_in(self.request.POST.getlist("people"))
        return list(people_of_programme(self.programme).filter(pk__in=ids))

    def back(self) -> HttpResponse:
        """Redirect to the list."""
        return redirect("cohorts:duplicate-list", self.programme.slug)


class DuplicateList(DuplicatesView):
    """Pairs side by side with the evidence, and earlier merges."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pairs = likely_duplicates(self.programme, self.user)
        merges = merges_of(self.programme)[:MERGES_SHOWN]
        return self.page(
            page_obj=page_of(request, pairs, PAGE_SIZE),
            merges=[(merge, _address_given(merge)) for merge in merges],
        )


class DuplicatesMerge(DuplicatesView):
    """Merge two people into the one who is kept."""

    asks = {
        "": Ask(
            "Merge these two people?",
            "Merge",
            "Everything in the other account moves to the one you keep, and both get an email. The other address "
            "signs them in again once they have confirmed that it is theirs. If the other account is in use, we ask "
            "its owner first. You can undo this.",
            danger=False,
        ),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        pair = self.chosen()
        keep = next((person for person in pair if str(person.pk) == request.POST.get("keep")), None)
        if len(pair) != 2 or keep is None:
            messages.error(request, "Choose whom to keep. One of them may have been merged in the meantime.")
            return self.back()
        other = next(person for person in pair if person != keep)
        address = other.email
        with errors_as_messages(request):
            if merge_duplicates(programme=self.programme, keep=keep, other=other, by=self.user):
                messages.success(
                    request,
                    f"{keep} is one person now. They sign in with {keep.email}, and with {address} once they have "
                    "confirmed by email that it is theirs.",
                )
            else:
                messages.info(
                    request,
                    f"{address} is in use, so we have asked its owner by email. The two are merged when they agree. "
                    "If they can’t be reached at that address any more, an operator can merge them.",
                )
        return self.back()


class DuplicatesMarkDifferent(DuplicatesView):
    """Mark two people as different, so that they are not suggested again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        pair = self.chosen()
        if len(pair) == 2:
            mark_people_as_different(programme=self.programme, people=pair, by=self.user)
            messages.success(request, f"{pair[0].email} and {pair[1].email} are marked as different people.")
        return self.back()


class DuplicatesUndo(DuplicatesView):
    """Undo a merge of two people."""

    asks = {
        "": Ask(
            "Undo this merge?",
            "Undo the merge",
            "What came with the merged address goes back to it. What happened since then stays with the person "
            "who was kept.",
            danger=False,
        ),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        merge = get_visible_or_404(merges_of(self.programme), pk=self.kwargs["pk"])
        with errors_as_messages(request):
            undo_merge_duplicates(programme=self.programme, merge=merge, by=self.user)
            messages.success(request, "The merge is undone. Each has their own account again.")
        return self.back()


def _address_given(merge: PersonMerge) -> str:
    """The address of the merged person, which now leads to the kept one."""
    return next((ids[0] for label, field, ids in merge.moved if (label, field) == ("accounts.user", "email")), "")
