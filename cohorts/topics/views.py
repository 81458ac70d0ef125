"""Pages on which coordinators keep the topics of a programme tidy."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import ProgrammeView
from cohorts.models import Enrollment, Programme, Topic
from cohorts.topics.forms import TopicNameForm
from cohorts.topics.services import (
    mark_topics_as_different,
    merge_topics,
    merges_with_names,
    rename_topic,
    suggest_merges,
    topics_with_counts,
    undo_merge,
)
from cohorts.topics.similarity import ComparedTopic
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import choice_in, numbers_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import FormPage, errors_as_messages

GROUPS_SHOWN = 4
# Columns of the list that can be sorted by number.
COUNTED = ("mentors", "mentees", "others", "people")


class TopicList(ProgrammeView):
    """Every topic with its people by role; above them those that are probably the same."""

    template_name = "cohorts/topics/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        programme, text = self.programme, request.GET.get("q", "")
        found = _searched(topics_with_counts(programme), text)
        page = page_of(request, _sorted(found, request.GET.get("sort", "")))
        # Suggestions are shown to coordinators only, on the first page.
        groups = suggest_merges(programme) if self.may_edit and page.number == 1 and not text else []
        return self.page(
            page_obj=page,
            total=Topic.objects.filter(programme=programme, merged_into=None).count(),
            groups=groups if request.GET.get("groups") == "all" else groups[:GROUPS_SHOWN],
            group_total=len(groups),
            merges=programme.topic_merges.count(),  # type: ignore[attr-defined]
        )


class TopicDetail(FormPage, ProgrammeView):
    """One topic: its people, its other names, and a form to rename it."""

    template_name = "cohorts/topics/detail.html"
    error_field = "name"

    def look_up(self) -> None:
        super().look_up()
        topics = Topic.objects.select_related("merged_into")
        self.topic = get_visible_or_404(topics, programme=self.programme, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.topic.merged_into is not None:
            return redirect("cohorts:topic-detail", self.programme.slug, self.topic.merged_into.pk)
        return super().get(request)

    def get_form(self, *data: Any) -> TopicNameForm:
        return TopicNameForm(*data, initial={"name": self.topic.name})

    def save(self, form: TopicNameForm) -> HttpResponse:
        renamed = rename_topic(topic=self.topic, name=form.cleaned_data["name"], by=self.user)
        messages.success(self.request, f"The topic is called “{renamed}” now.")
        return redirect("cohorts:topic-detail", self.programme.slug, self.topic.pk)

    def get_context(self) -> dict[str, Any]:
        everyone = Enrollment.objects.filter(topics=self.topic)
        role = choice_in(self.request, "role", self.programme.roles)
        found = everyone.filter(role=role) if role else everyone
        found = found.select_related("user", "cohort__programme").order_by("user__full_name", "-created_at", "pk")
        by_role = everyone.order_by("role").values_list("role").annotate(Count("pk"))
        return {
            **super().get_context(),
            "topic": self.topic,
            "names": self.topic.merged.order_by("name"),  # type: ignore[attr-defined]
            "page_obj": page_of(self.request, found),
            "people": everyone.aggregate(people=Count("user", distinct=True))["people"],
            "roles": [(value, self.programme.label_of(value), number) for value, number in by_role],
            "role": role,
        }


class TopicsMerge(ProgrammeView):
    """Choose the name to keep for the ticked topics, then merge them."""

    template_name = "cohorts/topics/merge.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = _chosen(self.programme, request.GET.getlist("ids")).order_by("-people", "name")
        rows = [ComparedTopic(topic.pk, topic.name, topic.people) for topic in chosen]
        if len(rows) < 2:
            messages.error(request, "Tick at least two topics that mean the same.")
            return redirect("cohorts:topic-list", self.programme.slug)
        return self.page(rows=rows)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            self._merge(request)
        return redirect("cohorts:topic-list", self.programme.slug)

    def _merge(self, request: HttpRequest) -> None:
        programme = self.programme
        ticked = list(_chosen(programme, request.POST.getlist("ids")))
        keep = _chosen(programme, request.POST.getlist("keep")).first()
        if keep is None:
            raise ServiceError("Choose the name that stays. Topics may have been merged in the meantime.")
        # Unticked topics of a suggested group count as different.
        suggested = _chosen(programme, request.POST.getlist("suggested")).exclude(pk__in=[t.pk for t in ticked])
        merge_topics(programme=programme, keep=keep, others=ticked, different=suggested, by=self.user)
        names = ", ".join(f"“{topic}”" for topic in ticked if topic != keep)
        messages.success(request, f"{names} merged into “{keep}”. You can undo it under Merges.")


class TopicsApart(ProgrammeView):
    """Mark topics as different, so that they are not suggested again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        topics = list(_chosen(self.programme, request.POST.getlist("suggested")))
        if len(topics) > 1:
            mark_topics_as_different(programme=self.programme, topics=topics, by=self.user)
            messages.success(request, "They stay apart and are not suggested again.")
        return redirect("cohorts:topic-list", self.programme.slug)


class TopicMerges(ProgrammeView):
    """Merges with date and author; each can be undone, the latest first."""

    template_name = "cohorts/topics/merges.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        merges = self.programme.topic_merges.select_related("kept", "by")  # type: ignore[attr-defined]
        page = page_of(request, merges)
        return self.page(page_obj=page, rows=merges_with_names(page.object_list))


class TopicMergeUndo(ProgrammeView):
    """Undo a merge."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        merges = self.programme.topic_merges.all()  # type: ignore[attr-defined]
        merge = get_visible_or_404(merges, pk=self.kwargs["pk"])
        with errors_as_messages(request):
            undo_merge(merge=merge, by=self.user)
            messages.success(request, "They are separate topics again, with the people they had.")
        return redirect("cohorts:topic-merge-list", self.programme.slug)


def _chosen(programme: Programme, ids: Iterable[str]) -> QuerySet[Topic, Any]:
    """Unmerged topics of the programme with these ids."""
    return topics_with_counts(programme).filter(pk__in=numbers_in(ids))


def _searched(topics: QuerySet[Topic, Any], text: str) -> QuerySet[Topic, Any]:
    """Topics whose name, or another name for them, contains every word."""
    merged = Topic.objects.exclude(merged_into=None).values("merged_into")
    return every_word(topics, text, "name", lambda word: Q(pk__in=merged.filter(name__icontains=word)))


def _sorted(topics: QuerySet[Topic, Any], sort: str) -> QuerySet[Topic, Any]:
    name = Lower("name")
    if sort in ("name", "-name"):
        return topics.order_by(name.desc() if sort == "-name" else name.asc(), "pk")
    order = sort if sort.removeprefix("-") in COUNTED else "-people"
    return topics.order_by(order, name, "pk")
