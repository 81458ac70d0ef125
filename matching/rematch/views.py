"""Choose a replacement mentor, and let participants request another match."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh

from cohorts.cohort_view import CohortObjectView
from matching.consent.policy import grace_of
from matching.models import Match, RematchWish, ReplacementSearch
from matching.pairs.services import is_under_way
from matching.querysets import MatchQuerySet
from matching.rematch.candidates import ReplacementCandidates, replacement_candidates
from matching.rematch.forms import RematchForm, RematchWishForm
from matching.rematch.mails import ended_mails
from matching.rematch.replacement_search import request_search
from matching.rematch.services import rematch, request_rematch, return_to_pool, settle_rematch_wish
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.views import FormPage


class ReplaceableMatchView(CohortObjectView[Match]):
    """A page for editors about a match that may get another mentor: one under way, or one that ended."""

    for_editors = True

    def get_rows(self) -> MatchQuerySet:
        statuses = (*Match.UNDER_WAY, Match.Status.ENDED)
        return Match.objects.filter(mentee__cohort=self.cohort, imported=False, status__in=statuses).with_people()


class RematchPage(ReplaceableMatchView):
    """Choose who takes over, with what both sides will read."""

    template_name = "matching/rematch/rematch.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = replacement_candidates(self.object.mentee)
        wish = self.object.wishes.filter(settled_at=None).first()
        initial = {"reason": f"{wish.by} asked for another match" if wish else ""}
        return self._show(found, self._form(found, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        found = replacement_candidates(self.object.mentee)
        form = self._form(found, request.POST)
        if not form.is_valid() or "preview" in request.POST:
            return self._show(found, form, status=422 if form.errors else 200)
        try:
            return self._replace(form.cleaned_data, found)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._show(found, form, status=422)

    def _replace(self, said: dict[str, Any], found: ReplacementCandidates) -> HttpResponse:
        match = self.object
        told = {name: said[name] for name in ("reason", "to_mentee", "to_mentor")}
        if said["mentor"] == RematchForm.NOBODY:
            ended = return_to_pool(match=match, by=self.user, **told)
            messages.success(self.request, f"“{match.mentee}” is back in the pool, and both sides are told.")
            return redirect(ended)
        one = next(c for c in found.best if c.mentor.pk == int(said["mentor"]))
        new = rematch(
            match=match,
            mentor=one.mentor,
            by=self.user,
            score=one.score,
            why=one.why,
            reasons=one.reasons,
            grace=grace_of(match.mentee.cohort),
            **told,
        )
        words = f"“{match.mentee}” now has {one.mentor.user}. You can undo it until the intro leaves."
        messages.success(self.request, words)
        return redirect(new)

    def _form(self, found: ReplacementCandidates, *data: Any, **kwargs: Any) -> RematchForm:
        pks = [candidate.mentor.pk for candidate in found.best]
        return RematchForm(*data, candidates=pks, pool=is_under_way(self.object), **kwargs)

    def _show(self, found: ReplacementCandidates, form: RematchForm, status: int = 200) -> HttpResponse:
        match = self.object
        said = form.data if form.is_bound else {}
        chosen = next((c for c in found.best if str(c.mentor.pk) == said.get("mentor")), None)
        under_way = is_under_way(match)
        told = {name: said.get(name, "") for name in ("to_mentee", "to_mentor")}
        mails = ended_mails(match, new_mentor=chosen.mentor if chosen else None, **told) if under_way else []
        return self.page(
            status=status,
            match=match,
            form=form,
            found=found,
            is_live=under_way,
            chosen=said.get("mentor", ""),
            wishes=match.wishes.filter(settled_at=None).select_related("by"),
            history=Match.objects.filter(mentee=match.mentee).exclude(pk=match.pk).select_related("mentor__user"),
            mails=mails,
        )


class ReplacementSearchView(ReplaceableMatchView):
    """Have a worker score every mentor with room; GET shows the progress."""

    template_name = "matching/rematch/_search_state.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        search = self.object.mentee.replacement_searches.first()
        if search is None or search.status not in ReplacementSearch.UNDER_WAY:
            return HttpResponseClientRefresh()
        return self.page(match=self.object, search=search, cohort_slug=self.cohort.slug)

    def post(self, request: HttpRequest) -> HttpResponse:
        request_search(mentee=self.object.mentee, by=self.user)
        return redirect("matching:match-rematch", cohort_slug=self.cohort.slug, pk=self.object.pk)


class SettleWish(CohortObjectView[RematchWish]):
    """Settle a request for another match."""

    http_method_names = ("post",)

    def get_rows(self) -> QuerySet[RematchWish]:
        wishes = RematchWish.objects.filter(match__mentee__cohort=self.cohort)
        return wishes.select_related("match__mentee__cohort__programme")

    def post(self, request: HttpRequest) -> HttpResponse:
        settle_rematch_wish(wish=self.object, by=self.user)
        messages.success(request, "Settled. Nobody was emailed.")
        return redirect(self.object.match)


class RequestRematch(LoginRequiredMixin, FormPage):
    """A participant requests another match. Only the coordinators are told."""

    template_name = "matching/rematch/my_request.html"
    match: Match

    def look_up(self) -> None:
        own = Match.objects.of_person(self.user).under_way().with_people()
        self.match = get_visible_or_404(own, pk=self.kwargs["pk"])

    def get_form(self, *data: Any) -> RematchWishForm:
        return RematchWishForm(*data)

    def save(self, form: RematchWishForm) -> HttpResponse:
        request_rematch(match=self.match, by=self.user, words=form.cleaned_data["words"])
        messages.success(self.request, "Thank you for telling us. The coordinators write to you; nobody else knows.")
        return redirect("matching:my-match", pk=self.match.pk)

    def get_context(self) -> dict[str, Any]:
        return {"match": self.match, "match_cohort": self.match.mentee.cohort}
