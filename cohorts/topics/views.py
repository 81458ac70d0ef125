"""Pages on which coordinators keep the topics of a programme tidy."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Enrollment, Programme, Topic, TopicMerge
from cohorts.topics.forms import TopicNameForm
from cohorts.topics.services import (
    LED_TO,
    mark_topics_as_different,
    merge_topics,
    rename_topic,
    suggest_merges,
    topics_with_counts,
    undo_merge,
)
from cohorts.topics.similarity import ComparedTopic
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import numbers_in, page_of
from mentorship.core.ui.search import every_word

GROUPS_SHOWN = 4


COUNTED = ("mentors", "mentees", "others", "people")


class TopicList(CoordinatorRequiredMixin, View):
    """Every topic with its people by role; above them those that probably are the same."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _visible(request, programme_slug)
        found = _searched(topics_with_counts(programme), request.GET.get("q", ""))
        page = page_of(request, _sorted(found, request.GET.get("sort", "")))
        editor = may_edit(request.user, programme.workspace_id)
        # They are a task for coordinators, at the beginning of the list only.
        groups = suggest_merges(programme) if editor and page.number == 1 and not request.GET.get("q") else []
        context = {
            "programme": programme,
            "page_obj": page,
            "total": Topic.objects.filter(programme=programme, merged_into=None).count(),
            "groups": groups if request.GET.get("groups") == "all" else groups[:GROUPS_SHOWN],
            "group_total": len(groups),
            "merges": programme.topic_merges.count(),
            "may_edit": editor,
        }
        return render(request, "cohorts/topics/list.html", context)


class TopicDetail(CoordinatorRequiredMixin, View):
    """One topic: who has it, which names lead to it, and its name to change."""

    def get(self, request: HttpRequest, programme_slug: str, pk: int) -> HttpResponse:
        programme = _visible(request, programme_slug)
        topic = get_visible_or_404(Topic.objects.select_related("merged_into"), programme=programme, pk=pk)
        if topic.merged_into is not None:
            return redirect("cohorts:topic", programme.slug, topic.merged_into.pk)
        return self._page(request, programme, topic, TopicNameForm(initial={"name": topic.name}))

    def post(self, request: HttpRequest, programme_slug: str, pk: int) -> HttpResponse:
        programme = _editable(request, programme_slug)
        topic = get_visible_or_404(Topic.objects.all(), programme=programme, pk=pk)
        form = TopicNameForm(request.POST)
        if form.is_valid():
            try:
                renamed = rename_topic(topic=topic, name=form.cleaned_data["name"], by=request.user)
            except ServiceError as error:
                form.add_error("name", str(error))
            else:
                messages.success(request, f"The topic is called “{renamed}” now.")
                return redirect("cohorts:topic", programme.slug, topic.pk)
        return self._page(request, programme, topic, form)

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, topic: Topic, form: TopicNameForm) -> HttpResponse:
        everyone = Enrollment.objects.filter(topics=topic)
        role = request.GET.get("role", "")
        found = everyone.filter(role=role) if role in Enrollment.Role.values else everyone
        found = found.select_related("user", "cohort").order_by("user__full_name", "-created_at", "pk")
        context = {
            "programme": programme,
            "topic": topic,
            "names": topic.merged.order_by("name"),
            "form": form,
            "page_obj": page_of(request, found),
            "people": everyone.aggregate(people=Count("user", distinct=True))["people"],
            "roles": [
                (value, programme.label_of(value), number)
                for value, number in everyone.order_by("role").values_list("role").annotate(Count("pk"))
            ],
            "role": role,
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "cohorts/topics/detail.html", context, status=422 if form.errors else 200)


class TopicsMerge(CoordinatorRequiredMixin, View):
    """Choose which name stays for the topics that were ticked in the list, then merge them."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _editable(request, programme_slug)
        chosen = _chosen(programme, request.GET.getlist("ids")).order_by("-people", "name")
        rows = [ComparedTopic(topic.pk, topic.name, topic.people) for topic in chosen]
        if len(rows) < 2:
            messages.error(request, "Tick at least two topics that mean the same.")
            return redirect("cohorts:topics", programme.slug)
        return render(request, "cohorts/topics/merge.html", {"programme": programme, "rows": rows})

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _editable(request, programme_slug)
        ticked = {topic.pk: topic for topic in _chosen(programme, request.POST.getlist("ids"))}
        keep = _chosen(programme, request.POST.getlist("keep")).first()
        if keep is None:
            messages.error(request, "Choose the name that stays. Topics may have been merged in the meantime.")
            return redirect("cohorts:topics", programme.slug)
        try:
            merge_topics(programme=programme, keep=keep, others=ticked.values(), by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("cohorts:topics", programme.slug)
        # What stood in the suggested group and was unticked is something else.
        for other in _chosen(programme, request.POST.getlist("suggested")).exclude(pk=keep.pk):
            mark_topics_as_different(programme=programme, topics=[keep, other], by=request.user)
        names = ", ".join(f"“{topic}”" for pk, topic in ticked.items() if pk != keep.pk)
        messages.success(request, f"{names} merged into “{keep}”. You can undo it under Merges.")
        return redirect("cohorts:topics", programme.slug)


class TopicsApart(CoordinatorRequiredMixin, View):
    """These are different: do not suggest them again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _editable(request, programme_slug)
        topics = list(_chosen(programme, request.POST.getlist("suggested")))
        if len(topics) > 1:
            mark_topics_as_different(programme=programme, topics=topics, by=request.user)
            messages.success(request, "They stay apart and are not suggested again.")
        return redirect("cohorts:topics", programme.slug)


class TopicMerges(CoordinatorRequiredMixin, View):
    """What was merged, when and by whom; each can be undone, the latest first."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _visible(request, programme_slug)
        merges = programme.topic_merges.select_related("kept", "by")
        page = page_of(request, merges)
        context = {
            "programme": programme,
            "page_obj": page,
            "rows": _with_names(page.object_list),
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "cohorts/topics/merges.html", context)


class TopicMergeUndo(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str, pk: int) -> HttpResponse:
        programme = _editable(request, programme_slug)
        merge = get_visible_or_404(programme.topic_merges.all(), pk=pk)
        try:
            undo_merge(merge=merge, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "They are separate topics again, with the people they had.")
        return redirect("cohorts:topic-merges", programme.slug)


def _visible(request: HttpRequest, slug: str) -> Programme:
    return get_visible_or_404(Programme.objects.visible_to(request.user), slug=slug)


def _editable(request: HttpRequest, slug: str) -> Programme:
    return get_visible_or_404(Programme.objects.editable_by(request.user), slug=slug)


def _chosen(programme: Programme, ids: Iterable[str]) -> QuerySet[Topic, Any]:
    """Those of the programme's topics that stand and were named by id."""
    return topics_with_counts(programme).filter(pk__in=numbers_in(ids))


def _searched(topics: QuerySet[Topic, Any], text: str) -> QuerySet[Topic, Any]:
    """Those whose name, or a name that leads to them, holds every word."""
    merged = Topic.objects.exclude(merged_into=None).values("merged_into")
    return every_word(topics, text, "name", lambda word: Q(pk__in=merged.filter(name__icontains=word)))


def _sorted(topics: QuerySet[Topic, Any], sort: str) -> QuerySet[Topic, Any]:
    name = Lower("name")
    if sort in ("name", "-name"):
        return topics.order_by(name.desc() if sort == "-name" else name.asc(), "pk")
    order = sort if sort.removeprefix("-") in COUNTED else "-people"
    return topics.order_by(order, name, "pk")


def _with_names(merges: Iterable[TopicMerge]) -> list[tuple[TopicMerge, list[str], int]]:
    """Each merge with the names that went into the kept one, and the number of sign-ups that had said them."""
    merges = list(merges)
    went = {merge.pk: [int(pk) for pk in merge.before if pk not in (LED_TO, str(merge.kept_id))] for merge in merges}
    names = dict(Topic.objects.filter(pk__in={pk for ids in went.values() for pk in ids}).values_list("pk", "name"))
    return [
        (
            merge,
            [names[pk] for pk in went[merge.pk] if pk in names],
            len({said for pk in went[merge.pk] for said in merge.before[str(pk)]}),
        )
        for merge in merges
    ]
