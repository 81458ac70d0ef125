"""Pages on which people say whether two accounts are theirs, by signed links and without signing in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cohorts.models import Programme
from cohorts.people.duplicates import (
    answer_merge,
    mark_people_as_different,
    merge_duplicates,
    programme_of_merge,
    undo_merge_duplicates,
)
from cohorts.people.forms import MergeAnswerForm
from cohorts.people.links import MERGE_AGREE, MERGE_ALLOW
from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.links import LinkError
from mentorship.core.views import FormPage


class MergeAgree(FormPage):
    """Ask the kept person whether the other account is theirs. Opening the page changes nothing."""

    template_name = "cohorts/people/merge_agree.html"

    def look_up(self) -> None:
        found = PersonMerge.objects.filter(pk=MERGE_AGREE.read_one(self.kwargs["token"])).select_related("kept")
        merge = found.first()
        programme = programme_of_merge(merge) if merge else None
        if merge is None or programme is None:
            raise LinkError
        self.merge, self.programme = merge, programme

    def get_form(self, *data: Any) -> MergeAnswerForm:
        return MergeAnswerForm(
            *data,
            question="Your answer",
            yes="Yes, both are mine: let me sign in with both addresses",
            no="No, separate the accounts",
        )

    def save(self, form: MergeAnswerForm) -> HttpResponse:
        if form.cleaned_data["answer"] == "yes":
            unproven = answer_merge(programme=self.programme, merge=self.merge)
            messages.success(self.request, "Thank you. You can now sign in with both addresses.")
            for address in unproven:
                words = f"{address} still has to be confirmed. You can do that under “Your email addresses”."
                messages.info(self.request, words)
        else:
            undo_merge_duplicates(programme=self.programme, merge=self.merge, by=None)
            pair = [self.merge.kept, self.merge.merged]
            mark_people_as_different(programme=self.programme, people=pair, by=None)
            messages.success(self.request, "Thank you. The two accounts are separate again.")
        return redirect(self.request.path)

    def get_context(self) -> dict[str, Any]:
        return {"programme": self.programme, "merge": self.merge, "person": self.merge.kept}


class MergeAllow(FormPage):
    """Ask somebody who uses their account whether it may be merged into another one."""

    template_name = "cohorts/people/merge_allow.html"

    def look_up(self) -> None:
        programme_id, keep_id, other_id, by_id = MERGE_ALLOW.read(self.kwargs["token"])
        people = User.objects.filter(is_active=True).in_bulk([keep_id, other_id, by_id])
        programme = Programme.objects.filter(pk=programme_id).first()
        if programme is None or len(people) != len({keep_id, other_id, by_id}):
            raise LinkError
        self.programme, self.keep, self.other, self.by = programme, people[keep_id], people[other_id], people[by_id]

    def get_form(self, *data: Any) -> MergeAnswerForm:
        return MergeAnswerForm(
            *data,
            question="Your answer",
            yes="Yes, both are mine: merge them",
            no="No, keep my account as it is",
        )

    def save(self, form: MergeAnswerForm) -> HttpResponse:
        answer = form.cleaned_data["answer"]
        if answer == "yes":
            merge_duplicates(programme=self.programme, keep=self.keep, other=self.other, by=self.by, agreed=True)
        else:
            mark_people_as_different(programme=self.programme, people=[self.keep, self.other], by=None)
        return self.page(done=answer)

    def get_context(self) -> dict[str, Any]:
        return {"programme": self.programme, "person": self.other}
