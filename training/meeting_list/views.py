"""Pages for the lists of meeting tools: upload, who is who, and the attendance that comes of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in
from mentorship.core.views import FormPage
from training.attendance.candidates import Candidate
from training.attendance.roll import candidates_of
from training.booking.lookup import SessionView
from training.meeting_list.forms import MeetingListForm, MinimumForm
from training.meeting_list.matching import propose
from training.meeting_list.services import (
    ATTENDED,
    LEFT_EARLY,
    MISSED,
    NOBODY,
    OPEN,
    Presence,
    apply_meeting_list,
    discard_meeting_list,
    is_decided,
    presences_of,
    read_meeting_list,
    save_names,
    undecided_from,
)
from training.models import AttendanceImport

# The value of a choice that leads to the choice among all people.
OTHER = "other"
# The most choices on a page: a row without a proposal offers all people.
MOST_CHOICES = 8_000
WORDS = {ATTENDED: "Attended", LEFT_EARLY: "Not there long enough", MISSED: "Did not come", OPEN: "Not decided"}


class Upload(FormPage, SessionView):
    """Upload the file of the meeting tool."""

    template_name = "training/meeting_list/upload.html"
    for_editors = True
    error_field = "file"

    def get_form(self, *data: Any) -> MeetingListForm:
        return MeetingListForm(*data)

    def save(self, form: MeetingListForm) -> HttpResponse:
        found = read_meeting_list(session=self.session, data=form.cleaned_data["file"].content, by=self.user)
        return redirect(self.address_of(found))

    def get_context(self) -> dict[str, Any]:
        waiting = self.session.attendance_imports.filter(applied_at=None)
        return {**super().get_context(), "waiting": [(one, self.address_of(one)) for one in waiting]}

    def address_of(self, found: AttendanceImport) -> str:
        return reverse("training:meeting-list-names", args=[self.cohort.slug, self.session.pk, found.pk])


class MeetingListView(SessionView):
    """A page about an uploaded list."""

    for_editors = True

    def look_up(self) -> None:
        super().look_up()
        lists = self.session.attendance_imports.select_related("session__training", "session__cohort__programme")
        self.found = get_visible_or_404(lists, pk=self.kwargs["list_pk"])

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "found": self.found}

    def go_to(self, name: str, query: str = "") -> HttpResponse:
        return redirect(reverse(f"training:{name}", args=[self.cohort.slug, self.session.pk, self.found.pk]) + query)


class Names(MeetingListView):
    """Say who the people without a known address are. `?from=0` begins again with the first."""

    template_name = "training/meeting_list/names.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        undecided = (n for n, row in enumerate(self.found.rows) if not is_decided(row))
        first = number_in(request.GET["from"]) if "from" in request.GET else next(undecided, None)
        if first is None or not undecided_from(self.found.rows, first):
            return self.go_to("meeting-list-apply")
        return self.page(**self._batch(first, {}))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "discard" in request.POST:
            discard_meeting_list(found=self.found)
            messages.success(request, "The list was discarded. No attendance changed.")
            return redirect(self.session)
        sent = {n: request.POST[f"row-{n}"] for n in range(len(self.found.rows)) if f"row-{n}" in request.POST}
        missing = [n for n, key in sent.items() if key in (OTHER, "")]
        save_names(found=self.found, decided={n: key for n, key in sent.items() if n not in missing})
        if missing:
            self.found.refresh_from_db()
            return self.page(status=422, **self._batch(min(sent), sent))
        rest = undecided_from(self.found.rows, max(sent, default=len(self.found.rows)) + 1)
        return self.go_to("meeting-list-names", f"?from={rest[0]}") if rest else self.go_to("meeting-list-apply")

    def _batch(self, first: int, sent: dict[int, str]) -> dict[str, Any]:
        """The rows of a page, each with its choices; as many as `sent`, or as a page can hold."""
        candidates = candidates_of(self.session)
        numbers = list(sent) or undecided_from(self.found.rows, first)
        rows: list[dict[str, Any]] = []
        choices = 0
        for number in numbers:
            row = self._row(number, candidates, sent)
            choices += len(row["suggested"]) + len(row["everyone"])
            if rows and choices > MOST_CHOICES and not sent:
                break
            rows.append(row)
        last = rows[-1]["number"] if rows else 0
        return {
            "rows": rows,
            "left": len([n for n in numbers if n > last]),
            "known": sum(1 for row in self.found.rows if row["sure"]),
            "NOBODY": NOBODY,
            "OTHER": OTHER,
        }

    def _row(self, number: int, candidates: list[Candidate], sent: dict[int, str]) -> dict[str, Any]:
        row = self.found.rows[number]
        proposal = propose(row, candidates)
        suggested = list(proposal.suggestions)
        if is_decided(row):
            chosen = row["key"] or NOBODY
            suggested += [c for c in candidates if c.key == chosen and c not in suggested]
        else:
            # A name that is like nobody's is nobody's, unless the coordinator knows better.
            chosen = proposal.key or ("" if suggested else NOBODY)
        chosen = sent.get(number, chosen)
        in_full = chosen == OTHER or (not proposal.key and not is_decided(row))
        return {
            **row,
            "number": number,
            "chosen": "" if chosen == OTHER else chosen,
            "suggested": suggested,
            "everyone": [c for c in candidates if c not in suggested] if in_full else [],
            "error": "Choose who this is, or “Not one of ours”." if sent and chosen in (OTHER, "") else "",
        }


class Review(MeetingListView):
    """Show what would be recorded about each person; nothing is before the coordinator has seen it and said so."""

    template_name = "training/meeting_list/review.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not all(map(is_decided, self.found.rows)):
            return self.go_to("meeting-list-names")
        form = MinimumForm(request.GET) if "minutes" in request.GET else None
        needed = form.cleaned_data["minutes"] if form and form.is_valid() else self.session.minutes_for_credit
        return self.page(status=422 if form and form.errors else 200, **self._presences(needed, {}, form))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MinimumForm(request.POST)
        needed = form.cleaned_data["minutes"] if form.is_valid() else self.session.minutes_for_credit
        if not form.is_valid():
            return self.page(status=422, **self._presences(needed, self._said(needed), form))
        said = self._said(needed)
        try:
            came, missed = apply_meeting_list(found=self.found, said=said, needed=needed, by=self.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return self.page(status=422, **self._presences(needed, said, form))
        short = sum(1 for word in said.values() if word == LEFT_EARLY)
        told = [f"{came} attended", *([f"{short} not there long enough"] if short else []), f"{missed} did not come"]
        messages.success(request, f"Attendance saved: {', '.join(told)}.")
        return redirect(self.session)

    def _said(self, needed: int) -> dict[str, str]:
        """The attendance sent for each person. One tick makes all those no-shows of whom nothing else is said."""
        sent = self.request.POST
        said = {}
        for one in presences_of(self.found, needed):
            word = sent.get(f"of-{one.person.key}")
            if word is None or word not in WORDS:
                continue
            absent = word == OPEN and not one.is_listed and "all_missed" in sent
            said[one.person.key] = MISSED if absent else word
        return said

    def _presences(self, needed: int, said: dict[str, str], form: MinimumForm | None) -> dict[str, Any]:
        found = [(one, said.get(one.person.key, one.proposed)) for one in presences_of(self.found, needed)]
        longest = max((one.minutes or 0 for one, _ in found), default=0)
        return {
            "needed": needed,
            "form": form or MinimumForm(initial={"minutes": needed}),
            "there": [_shown(one, word) for one, word in found if one.is_listed and one.is_long_enough],
            "short": [_shown(one, word) for one, word in found if one.is_listed and not one.is_long_enough],
            "missing": [_shown(one, word) for one, word in found if not one.is_listed],
            "strangers": [row for row in self.found.rows if not row["key"]],
            "by_name": sum(1 for row in self.found.rows if row["key"] and not row["sure"]),
            "longest": longest if 0 < longest < needed else 0,
        }


def _shown(one: Presence, word: str) -> tuple[Presence, list[tuple[str, str, bool]]]:
    """A person with the words that can be said of them: value, label, and whether it is chosen."""
    values = [ATTENDED, LEFT_EARLY, OPEN] if one.is_listed else [OPEN, MISSED, ATTENDED]
    values += [word] if word not in values else []
    return one, [(value, WORDS[value], value == word) for value in values]
