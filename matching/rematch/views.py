"""Choose a replacement mentor, and let participants request another match."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from matching.consent.policy import grace_of
from matching.models import Match, RematchWish, ReplacementSearch
from matching.rematch.candidates import ReplacementCandidate, replacement_candidates
from matching.rematch.forms import RematchForm, RematchWishForm
from matching.rematch.mails import ended_mails
from matching.rematch.replacement_search import request_search
from matching.rematch.services import rematch, request_rematch, return_to_pool, settle_rematch_wish
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.errors import ServiceError


class RematchPage(CoordinatorRequiredMixin, View):
    """Who could take over, what both sides will read, and the one button."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _editable(request, cohort_slug, pk)
        wish = match.wishes.filter(settled_at=None).first()
        initial = {"reason": f"{wish.by} asked for another match" if wish else ""}
        return self._page(request, match, initial=initial)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _editable(request, cohort_slug, pk)
        candidates = {c.mentor.pk: c for c in replacement_candidates(match.mentee).best}
        form = RematchForm(request.POST, candidates=list(candidates), pool=_is_live(match))
        if not form.is_valid() or "preview" in request.POST:
            return self._page(request, match, form=form, status=422 if form.errors else 200)
        try:
            words, shown = self._do(request, match, form.cleaned_data, candidates)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._page(request, match, form=form, status=422)
        messages.success(request, words)
        return redirect(shown)

    @staticmethod
    def _do(
        request: HttpRequest, match: Match, said: dict[str, Any], candidates: dict[int, ReplacementCandidate]
    ) -> tuple[str, Match]:
        told = {name: said[name] for name in ("reason", "to_mentee", "to_mentor")}
        if said["mentor"] == RematchForm.NOBODY:
            ended = return_to_pool(match=match, by=request.user, **told)  # type: ignore[arg-type]
            return f"“{match.mentee}” is back in the pool, and both sides are told.", ended
        one = candidates[int(said["mentor"])]
        new = rematch(
            match=match,
            mentor=one.mentor,
            by=request.user,  # type: ignore[arg-type]
            score=one.score,
            why=one.why,
            grace=grace_of(match.mentee.cohort),
            **told,
        )
        return f"“{match.mentee}” goes on with {one.mentor.user}. Until the intro leaves you can undo it.", new

    @staticmethod
    def _page(
        request: HttpRequest,
        match: Match,
        *,
        form: RematchForm | None = None,
        initial: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        found = replacement_candidates(match.mentee)
        if form is None:
            pks = [c.mentor.pk for c in found.best]
            form = RematchForm(initial=initial, candidates=pks, pool=_is_live(match))
        said = form.data if form.is_bound else {}
        chosen = next((c for c in found.best if str(c.mentor.pk) == said.get("mentor")), None)
        context = {
            "match": match,
            "cohort": match.mentee.cohort,
            "form": form,
            "found": found,
            "is_live": _is_live(match),
            "chosen": said.get("mentor", ""),
            "wishes": match.wishes.filter(settled_at=None).select_related("by"),
            "history": Match.objects.filter(mentee=match.mentee).exclude(pk=match.pk).select_related("mentor__user"),
            "mails": ended_mails(
                match,
                new_mentor=chosen.mentor if chosen else None,
                to_mentee=said.get("to_mentee", ""),
                to_mentor=said.get("to_mentor", ""),
            )
            if _is_live(match)
            else [],
        }
        return render(request, "matching/rematch/rematch.html", context, status=status)


class ReplacementSearchView(CoordinatorRequiredMixin, View):
    """Have a worker score every mentor with room; asked for by GET it tells the progress."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _editable(request, cohort_slug, pk)
        search = match.mentee.replacement_searches.first()
        if search is None or search.status not in ReplacementSearch.UNDER_WAY:
            return HttpResponseClientRefresh()
        return render(
            request,
            "matching/rematch/_search_state.html",
            {"match": match, "search": search, "cohort_slug": cohort_slug},
        )

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _editable(request, cohort_slug, pk)
        request_search(mentee=match.mentee, by=request.user)  # type: ignore[arg-type]
        return redirect("matching:rematch", cohort_slug=cohort_slug, pk=pk)


class SettleWish(CoordinatorRequiredMixin, View):
    """They go on together after all."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        matches = Match.objects.editable_by(request.user).filter(mentee__cohort__slug=cohort_slug)
        wish = get_visible_or_404(
            RematchWish.objects.filter(match__in=matches).select_related("match__mentee__cohort__programme"), pk=pk
        )
        settle_rematch_wish(wish=wish, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Settled. Nobody was mailed.")
        return redirect(wish.match)


class RequestRematch(LoginRequiredMixin, View):
    """A participant would like another match. Only the coordinators learn of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, _own(request, pk), RematchWishForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        match, form = _own(request, pk), RematchWishForm(request.POST)
        if not form.is_valid():
            return self._page(request, match, form, status=422)
        request_rematch(match=match, by=request.user, words=form.cleaned_data["words"])  # type: ignore[arg-type]
        messages.success(request, "Thank you for telling us. The coordinators write to you; nobody else knows.")
        return redirect("matching:my-match", pk=pk)

    @staticmethod
    def _page(request: HttpRequest, match: Match, form: RematchWishForm, status: int = 200) -> HttpResponse:
        context = {"match": match, "match_cohort": match.mentee.cohort, "form": form}
        return render(request, "matching/rematch/my_request.html", context, status=status)


def _own(request: HttpRequest, pk: int) -> Match:
    return get_visible_or_404(Match.objects.of_person(request.user).live().with_people(), pk=pk)


def _editable(request: HttpRequest, cohort_slug: str, pk: int) -> Match:
    """A match that may get another mentor: one under way, or one that ended."""
    matches = Match.objects.editable_by(request.user).filter(imported=False).with_people()
    match = get_visible_or_404(matches, mentee__cohort__slug=cohort_slug, pk=pk)
    if match.status not in (*Match.LIVE, Match.Status.ENDED):
        raise Http404
    return match


def _is_live(match: Match) -> bool:
    return match.status in Match.LIVE
