"""Graduation: what it takes, who is ready, the mentor's word by link, certificates."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.certificates import (
    PART,
    CertificateError,
    Certificates,
    certificate_pdf,
    certificates_pdf,
    certificates_zip,
    file_name,
)
from checkins.certificates import Certificate as AnyCertificate
from checkins.forms.graduation import CriterionForm
from checkins.links import read_confirm
from checkins.models import Graduation, GraduationCriterion
from checkins.services import graduation as services
from checkins.services.errors import CheckInError
from cohorts.models import Cohort
from matching.models import Match
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.ui.export import export, wants_export
from mentorship.ui.requests import number_in, page_of
from mentorship.ui.search import has_every_word

STATES = [("ready", "ready"), ("missing", "not yet"), ("graduated", "graduated"), ("ended", "ended early")]


class GraduationPage(CoordinatorRequiredMixin, View):
    """Everybody who can graduate, and what they lack."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        chosen = set(request.POST.getlist("ids"))
        people = [p for p in services.progress_of(cohort) if p.key in chosen]
        do = request.POST.get("do", "")
        try:
            if do == "ask":
                messages.success(request, f"{services.ask_mentors(cohort=cohort, by=request.user)} mentors are asked.")
            elif do == "issue":
                number = services.issue_certificates(cohort=cohort, by=request.user)
                messages.success(request, f"{number} certificates are on their way.")
            elif not people:
                messages.warning(request, "Choose somebody first.")
            else:
                messages.success(request, _decide(request, do, people))
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:graduation", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort) -> HttpResponse:
        everybody = services.progress_of(cohort)
        rows = [(p, _state(p)) for p in everybody]
        state, text = request.GET.get("state", ""), request.GET.get("q", "")
        found = [
            (p, s) for p, s in rows if (not state or s == state) and has_every_word(f"{p.enrollment} {p.user}", text)
        ]
        criteria = list(cohort.graduation_criteria.select_related("wave"))
        if wants_export(request):
            head = ["person", "project", "state", *(c.name for c in criteria), "reason", "certificate"]
            lines = (
                [
                    p.user, p.enrollment, s, *("yes" if one.met else "no" for one in p.standings),
                    p.graduation.reason if p.graduation else "", p.graduation.pk if p.graduation else "",
                ]
                for p, s in found
            )  # fmt: skip
            return export(request, f"{cohort.slug}-graduation", head, lines)
        context = {
            "cohort": cohort,
            "criteria": criteria,
            "page_obj": page_of(request, found),
            "counts": [(key, label, sum(1 for _, s in rows if s == key)) for key, label in STATES],
            "state": state,
            "q": text,
            "total": len(rows),
            "to_issue": sum(
                1 for p in everybody if p.graduation and _state(p) == "graduated" and not p.graduation.issued_at
            ),
            "graduates": sum(1 for _, s in rows if s == "graduated"),
            "parts": range(1, -(-sum(1 for _, s in rows if s == "graduated") // PART) + 1),
            "undecided": any(p.graduation is None for p, _ in found),
            "asks_mentors": any(c.kind == GraduationCriterion.Kind.MENTOR for c in criteria),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/graduation.html", context)


class PersonPage(CoordinatorRequiredMixin, View):
    """One person: every criterion, what was worked out and what was said, and how it ended."""

    def get(self, request: HttpRequest, cohort_slug: str, enrollment_pk: int, user_pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, enrollment_pk, user_pk)

    def post(self, request: HttpRequest, cohort_slug: str, enrollment_pk: int, user_pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        one = _person(cohort, enrollment_pk, user_pk)
        text = request.POST.get("criterion", "")
        try:
            if text:
                criterion = get_visible_or_404(cohort.graduation_criteria.all(), pk=number_in(text))
                met = request.POST.get("met") == "yes"
                services.say_met(
                    criterion=criterion, enrollment=one.enrollment, user=one.user, met=met, by=request.user
                )
            elif request.POST.get("do") == "graduate":
                services.graduate(enrollment=one.enrollment, user=one.user, by=request.user, anyway=True)
            elif request.POST.get("do") == "end":
                reason = request.POST.get("reason", "").replace("\0", "")
                services.end_early(enrollment=one.enrollment, user=one.user, reason=reason, by=request.user)
            elif request.POST.get("do") == "back" and one.graduation:
                services.take_back(graduation=one.graduation, by=request.user)
        except CheckInError as error:
            return self._page(request, cohort, enrollment_pk, user_pk, error=str(error), status=422)
        return redirect(request.path)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, enrollment_pk: int, user_pk: int, error: str = "", status: int = 200
    ) -> HttpResponse:
        one = _person(cohort, enrollment_pk, user_pk)
        context = {
            "cohort": cohort,
            "one": one,
            "state": _state(one),
            "error": error,
            "reason": request.POST.get("reason", ""),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/graduation_person.html", context, status=status)


class CriterionEdit(CoordinatorRequiredMixin, View):
    """One thing that it takes; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, criterion = self._criterion(request, cohort_slug, pk)
        return self._page(request, cohort, CriterionForm(instance=criterion))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, criterion = self._criterion(request, cohort_slug, pk)
        if pk and "delete" in request.POST:
            services.delete_criterion(criterion=criterion, by=request.user)
            return redirect("checkins:graduation", cohort_slug=cohort_slug)
        form = CriterionForm(request.POST, instance=criterion)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        services.save_criterion(criterion=form.save(commit=False), by=request.user)
        return redirect("checkins:graduation", cohort_slug=cohort_slug)

    @staticmethod
    def _criterion(request: HttpRequest, slug: str, pk: int | None) -> tuple[Cohort, GraduationCriterion]:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=slug)
        if pk is None:
            return cohort, GraduationCriterion(cohort=cohort)
        return cohort, get_visible_or_404(cohort.graduation_criteria.select_related("cohort__programme"), pk=pk)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: CriterionForm, status: int = 200) -> HttpResponse:
        context = {"cohort": cohort, "criterion": form.instance, "form": form}
        return render(request, "checkins/criterion.html", context, status=status)


class MentorConfirms(View):
    """By the signed link of a mail: who of the team is ready. Looking changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        match = _match(token)
        if match is None or match.status not in Match.TAKES_A_PLACE:
            return self._page(request, token)
        ready = {p.pk for p in match.mentee.people if str(p.pk) in request.POST.getlist("ready")}
        services.mentor_confirms(match=match, ready=ready)
        return self._page(request, token, saved=True)

    @staticmethod
    def _page(request: HttpRequest, token: str, *, saved: bool = False) -> HttpResponse:
        match = _match(token)
        if match is None:
            return render(request, "checkins/bad_link.html", status=404)
        people = services.progress_of(match.mentee.cohort, enrollment=match.mentee)
        rows = [
            (p, any(s.met for s in p.standings if s.criterion.kind == GraduationCriterion.Kind.MENTOR)) for p in people
        ]
        context = {
            "match": match,
            "rows": rows,
            "saved": saved,
            "open": match.status in Match.TAKES_A_PLACE,
            "all_decided": bool(people) and all(p.graduation for p in people),
        }
        return render(request, "checkins/mentor_confirms.html", context)


class Certificate(View):
    """Whether a certificate is valid. Whoever has its number may look; it tells nothing that it does not print."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = Graduation.objects.valid().with_people().filter(pk=pk).first()
        status = 200 if found else 404
        return render(request, "checkins/certificate.html", {"graduation": found}, status=status)


class CertificateFile(View):
    """The certificate as PDF."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        graduation = get_visible_or_404(Graduation.objects.valid().with_people(), pk=pk)
        return one_pdf(request, graduation)


class CertificatesZip(CoordinatorRequiredMixin, View):
    """All certificates of a cohort, a file each; of a large one in parts that are quickly made."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        parts = Paginator(_graduates(cohort), PART)
        part = parts.get_page(request.GET.get("part"))
        suffix = f"-{part.number}-of-{parts.num_pages}" if parts.num_pages > 1 else ""
        content, left_out = certificates_zip(part)
        say_left_out(request, left_out)
        return attachment(content, "application/zip", f"{cohort.slug}-certificates{suffix}.zip")


class CertificatesPdf(CoordinatorRequiredMixin, View):
    """All certificates of a cohort in one file to print, a page each."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        found = list(_graduates(cohort))
        if not found:
            messages.warning(request, "Nobody has graduated yet.")
            return redirect("checkins:graduation", cohort_slug=cohort.slug)
        return all_in_one(request, found, f"{cohort.slug}-certificates.pdf", "checkins:graduation", cohort)


def _graduates(cohort: Cohort) -> Any:
    return Graduation.objects.valid().filter(enrollment__cohort=cohort).with_people().order_by("name", "pk")


def one_pdf(request: HttpRequest, one: AnyCertificate) -> HttpResponse:
    """The certificate as a file; where it can't be printed its page, which a browser prints."""
    try:
        return attachment(certificate_pdf(one), "application/pdf", file_name(one))
    except CertificateError:
        messages.warning(request, "No font of this server has all letters of this certificate. Print this page.")
        return redirect(one)


def all_in_one(request: HttpRequest, found: Certificates, name: str, back: str, cohort: Cohort) -> HttpResponse:
    """Every certificate that can be printed, in one file."""
    try:
        content, left_out = certificates_pdf(found)
    except CertificateError:
        say_left_out(request, found)
        return redirect(back, cohort_slug=cohort.slug)
    say_left_out(request, left_out)
    return attachment(content, "application/pdf", name)


def say_left_out(request: HttpRequest, certificates: Certificates) -> None:
    """For the next page that is looked at: whose certificate is not in the file."""
    if certificates:
        names = ", ".join(one.name for one in certificates)
        messages.warning(
            request,
            f"Not in the file: {names}. No font of this server has all their letters. Install one, such as the Noto "
            "fonts, or print the pages of their certificates.",
        )


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _decide(request: HttpRequest, do: str, people: list[services.Progress]) -> str:
    if do == "graduate":
        for p in people:
            services.graduate(enrollment=p.enrollment, user=p.user, by=request.user)  # type: ignore[arg-type]
        return f"{len(people)} graduated."
    raise CheckInError("We did not understand that. Choose one of the buttons.")


def _state(one: services.Progress) -> str:
    if one.graduation:
        return "graduated" if one.graduation.status == Graduation.Status.GRADUATED else "ended"
    return "ready" if one.ready else "missing"


def _person(cohort: Cohort, enrollment_pk: int, user_pk: int) -> Any:
    enrollment = get_visible_or_404(cohort.enrollments.all(), pk=enrollment_pk)
    found = [p for p in services.progress_of(cohort, enrollment=enrollment) if p.user.pk == user_pk]
    return found[0] if found else get_visible_or_404(cohort.enrollments.none(), pk=0)


def _match(token: str) -> Match | None:
    pk = read_confirm(token)
    # Whose account is switched off lets nobody graduate.
    return Match.objects.filter(pk=pk, mentor__user__is_active=True).with_people().first() if pk else None
