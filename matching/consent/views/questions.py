"""List the questions for coordinators, and let people answer by a signed link."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from matching.board.consent_status import asked_numbers, mentees_back, state_of
from matching.consent import services as consent_services
from matching.consent.forms import DeclineForm
from matching.consent.links import ANSWER_LINK
from matching.consent.mails import question_context
from matching.consent.policy import confirm_policy_of
from matching.models import AskedPair, AskedSide
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import page_of

EXPORT_HEAD = ("mentee", "mentor", "state", "side", "answer", "reason", "in their words", "answered (UTC)")


class QuestionList(CoordinatorRequiredMixin, View):
    """Who was asked, who said what, and what waits for a decision."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        everything = AskedPair.objects.visible_to(request.user).filter(mentee__cohort=cohort)
        q, status = request.GET.get("q", ""), request.GET.get("status", "")
        found = everything.search(q) if q else everything
        if status in AskedPair.Status.values:
            found = found.filter(status=status)
        found = found.with_people().order_by("-created_at", "-pk")
        if wants_export(request):
            return export(request, f"{cohort.slug}-asked", EXPORT_HEAD, _rows(found))
        page = page_of(request, found)
        counts = dict(everything.order_by().values_list("status").annotate(Count("pk")))
        context = {
            "cohort": cohort,
            "page_obj": page,
            "rows": [(pair, state_of(pair)) for pair in page.object_list],
            "numbers": asked_numbers(cohort),
            "back": mentees_back(cohort).count(),
            "total": sum(counts.values()),
            "statuses": [(value, label, counts.get(value, 0)) for value, label in AskedPair.Status.choices],
            "filters": {"q": q, "status": status},
            "policy": confirm_policy_of(cohort),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "matching/consent/questions.html", context)


class QuestionAction(CoordinatorRequiredMixin, View):
    """Ask again, count silence as a no, take the question back, or write down an answer that came otherwise."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        pairs = AskedPair.objects.editable_by(request.user).filter(mentee__cohort__slug=cohort_slug)
        pair = get_visible_or_404(pairs.with_people(), pk=pk)
        try:
            messages.success(request, self._do(request.POST, pair, request.user))  # type: ignore[arg-type]
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:asked", cohort_slug=cohort_slug)

    @staticmethod
    def _do(post: Any, pair: AskedPair, by: User) -> str:
        match post.get("do"):
            case "again":
                consent_services.ask_pair_again(pair=pair, by=by)
                return f"{pair}: asked again."
            case "no":
                consent_services.count_silence_as_decline(pair=pair, by=by)
                return f"{pair} is forbidden now, and the mentee is back on the board."
            case "back":
                consent_services.withdraw_question(pair=pair, by=by)
                return f"{pair}: not asked any more."
            case "yes" | "told-no" as answer:
                side = get_visible_or_404(pair.sides.filter(status__in=["asked", "silent"]), side=post.get("side", ""))
                side.pair = pair
                if answer == "told-no":
                    consent_services.decline_pair(side=side, by=by, reason="told the coordinators")
                    return f"{pair} is forbidden now, and the mentee is back on the board."
                pair = consent_services.accept_pair(side=side, by=by)
                taken = pair.status == AskedPair.Status.TAKEN_BACK
                return f"{pair}: the place is taken already." if taken else f"{pair}: the {side.side} said yes."
        raise ServiceError("We did not understand that. Choose one of the buttons.")


class AnswerByLink(View):
    """Yes or no by the signed link of a mail. Looking records nothing: mail scanners look, too."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        side = _side(token)
        return _page(request, side, DeclineForm()) if side else _bad(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        side = _side(token)
        if side is None:
            return _bad(request)
        person = _person(request, side)
        try:
            if request.POST.get("do") == "yes":
                messages.success(request, _said_yes(consent_services.accept_pair(side=side, by=person)))
                return redirect(request.path)
            form = DeclineForm(request.POST)
            if not form.is_valid():
                return _page(request, side, form, status=422)
            consent_services.decline_pair(side=side, by=person, **form.cleaned_data)
            messages.success(request, "Thank you for telling us. We look for somebody who suits you better.")
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.path)


def _said_yes(pair: AskedPair) -> str:
    if pair.status == AskedPair.Status.TAKEN_BACK:
        return "Thank you! The place was taken a moment ago, so this pair does not come about. We write to you."
    return "Thank you! As soon as everybody has said yes, one mail introduces you to each other."


def _side(token: str) -> AskedSide | None:
    try:
        pk = ANSWER_LINK.read_one(token)
    except LinkError:
        return None
    side = AskedSide.objects.filter(pk=pk).first()
    if side is not None:
        side.pair = AskedPair.objects.with_people().get(pk=side.pair_id)
    return side


def _person(request: HttpRequest, side: AskedSide) -> User | None:
    """Who answers: the person who is signed in where they are of this side, else the one the mail went to."""
    people = side.people
    if isinstance(request.user, User) and request.user in people:
        return request.user
    return people[0] if len(people) == 1 else None


def _page(request: HttpRequest, side: AskedSide, form: DeclineForm, status: int = 200) -> HttpResponse:
    live = side.pair.status in AskedPair.LIVE
    context = {
        **question_context(side),
        "form": form,
        "may_say_yes": live and side.status in ("asked", "silent"),
        "may_say_no": live and side.status in ("asked", "silent", "accepted"),
        "other": side.other,
        "topics": [topic.name for topic in side.other.topics.all()],
    }
    return render(request, "matching/consent/answer.html", context, status=status)


def _bad(request: HttpRequest) -> HttpResponse:
    return render(request, "cohorts/signup/bad_link.html", status=404)


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    for pair in found:
        for side in pair.sides.all():
            at = side.answered_at.isoformat(timespec="minutes") if side.answered_at else ""
            kind = side.get_reason_kind_display() if side.reason_kind else ""
            yield (
                pair.mentee,
                pair.mentor.user,
                pair.get_status_display(),
                side.side,
                side.get_status_display(),
                kind,
                side.reason,
                at,
            )
