"""Mail templates of a programme and of its cohorts."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.views import View

from cohorts.mailings.links import template_link
from cohorts.models import Cohort, Enrollment, Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.outbox.forms import MailTemplateForm
from mentorship.core.outbox.mail_templates import rendering
from mentorship.core.outbox.mail_templates import services as mail_templates_services
from mentorship.core.outbox.mail_templates.catalogue import catalogue, entry_of
from mentorship.core.outbox.models import MailTemplate
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in

MOST_RECIPIENTS = 300
PARTS = {
    "cohorts": "Sign-up and cohort",
    "training": "Training",
    "matching": "Matching",
    "checkins": "Check-ins and afterwards",
    "partners": "Partners",
    "accounts": "Accounts",
}


class MailTemplateList(CoordinatorRequiredMixin, View):
    """Every mail of the product, and whose words it has here."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.visible_to(request.user), slug=programme_slug)
        cohort = _cohort_of(request, programme)
        query, whose = request.GET.get("q", "").strip(), request.GET.get("words", "")
        part = request.GET.get("part", "")
        rows = [row for row in _rows(programme, cohort) if query.casefold() in " ".join(row[:4]).casefold()]
        if whose in ("ours", "own"):
            rows = [row for row in rows if (row[4] == "default") == (whose == "ours")]
        if part in PARTS:
            rows = [row for row in rows if row[0].startswith(f"{part}/")]
        if wants_export(request):
            head = ("mail", "title", "when", "subject", "words")
            return export(request, f"mails-{programme.slug}", head, rows)
        context = {
            "programme": programme,
            "cohort": cohort,
            "cohorts": programme.cohorts.order_by("-starts_on"),
            "rows": [(*row, template_link(programme, row[0], cohort)) for row in rows],
            "q": query,
            "words": whose,
            "part": part,
            "parts": PARTS.items(),
        }
        return render(request, "cohorts/mailings/template_list.html", context)


class MailTemplateEdit(CoordinatorRequiredMixin, View):
    """One mail: its words, what stands for what, and how it looks to a named recipient."""

    def get(self, request: HttpRequest, programme_slug: str, room: str, mail: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.visible_to(request.user), slug=programme_slug)
        cohort, kind = _cohort_of(request, programme), _kind_or_404(room, mail)
        now = _words_now(programme, cohort, kind)
        form = MailTemplateForm(kind=kind, initial={"subject": now.subject, "body": now.body})
        return self._page(request, programme, cohort, now, form)

    def post(self, request: HttpRequest, programme_slug: str, room: str, mail: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        cohort, kind = _cohort_of(request, programme), _kind_or_404(room, mail)
        if not rendering.is_editable(kind):
            raise Http404
        now, scope = _words_now(programme, cohort, kind), cohort.scope if cohort else ""
        here = template_link(programme, kind, cohort)
        if "reset" in request.POST:
            mail_templates_services.reset_wording(
                workspace=programme.workspace, scope=scope, kind=kind, by=request.user
            )
            messages.success(request, "The default words are back.")
            return redirect(here)
        form = MailTemplateForm(request.POST, kind=kind)
        if not form.is_valid():
            return self._page(request, programme, cohort, now, form, status=422)
        typed = rendering.MailText(kind, form.cleaned_data["subject"], form.cleaned_data["body"], edited="typed")
        if "preview" in request.POST:
            return self._page(request, programme, cohort, typed, form)
        if "test" in request.POST:
            values = _sample_values(programme, cohort, _chosen(request, programme, cohort))
            message = mail_templates_services.send_test(
                text=typed, values=values, workspace=programme.workspace, scope=scope, by=request.user
            )
            messages.success(request, f"A test is on its way to {message.to[0]}. Nothing is saved yet.")
            return self._page(request, programme, cohort, typed, form)
        mail_templates_services.save_wording(
            workspace=programme.workspace,
            scope=scope,
            kind=kind,
            subject=typed.subject,
            body=typed.body,
            by=request.user,
        )
        messages.success(request, "Saved. From now on this mail goes out in these words.")
        return redirect(here)

    @staticmethod
    def _page(
        request: HttpRequest,
        programme: Programme,
        cohort: Cohort | None,
        shown: rendering.MailText,
        form: MailTemplateForm,
        status: int = 200,
    ) -> HttpResponse:
        kind, scope, editable = shown.kind, cohort.scope if cohort else "", rendering.is_editable(shown.kind)
        chosen = _chosen(request, programme, cohort)
        subject, text, _ = shown.sample(**_sample_values(programme, cohort, chosen)) if editable else ("", "", "")
        own = MailTemplate.objects.filter(workspace=programme.workspace, scope=scope, kind=kind).first()
        context = {
            "programme": programme,
            "cohort": cohort,
            "title": entry_of(kind).name,
            "when": entry_of(kind).when,
            "form": form,
            "editable": editable,
            "source": rendering.default_text(kind),
            "placeholders": entry_of(kind).placeholders,
            "recipients": _recipients(programme, cohort),
            "chosen": chosen,
            "preview": {"subject": subject, "text": text},
            "own": own,
            "above": _whose(programme, None if own else cohort, kind) if cohort else "",
            "history": mail_templates_services.wordings_so_far(programme.workspace, scope, kind)[:20],
            "back": f"{reverse('cohorts:mail-texts', args=[programme.slug])}{_query(cohort)}",
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "cohorts/mailings/template_edit.html", context, status=status)


def _kind_or_404(room: str, mail: str) -> str:
    kind = f"{room}/{mail}"
    if kind not in catalogue():
        raise Http404
    return kind


def _cohort_of(request: HttpRequest, programme: Programme) -> Cohort | None:
    """The cohort that the words are for; None = the whole programme."""
    slug = request.GET.get("cohort", "")
    return get_visible_or_404(programme.cohorts.all(), slug=slug) if slug else None


def _query(cohort: Cohort | None) -> str:
    return f"?{urlencode({'cohort': cohort.slug})}" if cohort else ""


def _words_now(programme: Programme, cohort: Cohort | None, kind: str) -> rendering.MailText:
    return rendering.mail_text(kind, workspace_id=programme.workspace_id, scope=cohort.scope if cohort else "")


def _whose(programme: Programme, cohort: Cohort | None, kind: str) -> str:
    edited = _words_now(programme, cohort, kind).edited
    return "default" if not edited else "programme" if edited == "programme" else "cohort"


def _rows(programme: Programme, cohort: Cohort | None) -> list[tuple[str, str, str, str, str]]:
    """(kind, title, when, subject, whose words) of every mail. One query."""
    scopes = {"": "programme", **({cohort.scope: "cohort"} if cohort else {})}
    own: dict[str, MailTemplate] = {}
    for row in MailTemplate.objects.filter(workspace=programme.workspace, scope__in=scopes).order_by("scope"):
        own[row.kind] = row
    rows = []
    for kind, entry in catalogue().items():
        mine = own.get(kind) if rendering.is_editable(kind) else None
        subject = mine.subject if mine else rendering.default_text(kind).subject
        rows.append(
            (
                kind,
                entry.name,
                entry.when,
                subject,
                scopes[mine.scope] if mine else "default",
            )
        )
    return rows


def _recipients(programme: Programme, cohort: Cohort | None) -> list[Enrollment]:
    found = Enrollment.objects.filter(cohort__programme=programme)
    if cohort:
        found = found.filter(cohort=cohort)
    return list(found.select_related("user", "cohort").order_by("user__full_name", "pk")[:MOST_RECIPIENTS])


def _chosen(request: HttpRequest, programme: Programme, cohort: Cohort | None) -> Enrollment | None:
    pk = number_in((request.POST if request.method == "POST" else request.GET).get("as"))
    return next((e for e in _recipients(programme, cohort) if e.pk == pk), None) if pk else None


def _sample_values(programme: Programme, cohort: Cohort | None, one: Enrollment | None) -> dict[str, str]:
    """What we know already; for the rest each placeholder has a sample."""
    values = {"programme": programme.name, "contact": programme.contact_email}
    cohort = one.cohort if one else cohort
    if cohort:
        start, end = (format_date(day, "j F Y") for day in (cohort.starts_on, cohort.ends_on))
        values |= {"cohort": cohort.name, "start": start, "end": end}
    if one:
        values |= {
            "name": one.user.short_name,
            "full_name": str(one.user),
            "role": programme.label_of(one.role),
            "project": one.title,
        }
    return values
