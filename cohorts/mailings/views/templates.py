"""Mail templates of a programme and of its cohorts."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateformat import format as format_date

from cohorts.cohort_view import ProgrammeView
from cohorts.mailings.links import template_link
from cohorts.models import Cohort, Enrollment, Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.outbox.mail_templates import services
from mentorship.core.outbox.mail_templates.catalogue import catalogue, entry_of
from mentorship.core.outbox.mail_templates.rendering import MailText, default_text, is_editable, mail_text
from mentorship.core.outbox.messages.forms import MailTemplateForm
from mentorship.core.outbox.models import MailTemplate
from mentorship.core.submissions.services import submission_key
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, rows_shown
from mentorship.core.views import Ask

MOST_RECIPIENTS = 300
PARTS = {
    "cohorts": "Sign-up and cohort",
    "training": "Training",
    "matching": "Matching",
    "checkins": "Check-ins and afterwards",
    "partners": "Partners",
    "accounts": "Accounts",
}
WHOSE = {"own": "Your own words", "ours": "Default words"}
HEAD = ("mail", "title", "when", "subject", "words")


class MailTemplateView(ProgrammeView):
    """A page about the mail templates of a programme, or of one cohort with `?cohort=`."""

    def look_up(self) -> None:
        super().look_up()
        slug = self.request.GET.get("cohort", "")
        self.cohort = get_visible_or_404(self.programme.cohorts.all(), slug=slug) if slug else None

    @property
    def scope(self) -> str:
        """The scope of the cohort's mail templates; "" for the whole programme."""
        return self.cohort.scope if self.cohort else ""

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "cohort": self.cohort}


class MailTemplateList(MailTemplateView):
    """Every mail of the product, and whose wording it has here."""

    template_name = "cohorts/mailings/template_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        query, whose = request.GET.get("q", "").strip(), choice_in(request, "words", WHOSE)
        part = choice_in(request, "part", PARTS)
        rows = [row for row in self._rows() if query.casefold() in " ".join(row[:4]).casefold()]
        if whose:
            rows = [row for row in rows if (row[4] == "default") == (whose == "ours")]
        if part:
            rows = [row for row in rows if row[0].startswith(f"{part}/")]
        rows = rows_shown(request, rows)
        if wants_export(request):
            return export(request, f"mails-{self.programme.slug}", HEAD, rows)
        return self.page(
            cohorts=self.programme.cohorts.order_by("-starts_on"),
            rows=[(*row, template_link(self.programme, row[0], self.cohort)) for row in rows],
            q=query,
            words=whose,
            part=part,
            parts=PARTS.items(),
            whose_words=WHOSE.items(),
        )

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        """(kind, title, when, subject, whose words) of every mail. One query."""
        scopes = {"": "programme", **({self.scope: "cohort"} if self.cohort else {})}
        own: dict[str, MailTemplate] = {}
        edited = MailTemplate.objects.filter(workspace=self.programme.workspace, scope__in=scopes)
        for row in edited.order_by("scope"):
            own[row.kind] = row
        rows = []
        for kind, entry in catalogue().items():
            mine = own.get(kind) if is_editable(kind) else None
            subject = mine.subject if mine else default_text(kind).subject
            rows.append((kind, entry.name, entry.when, subject, scopes[mine.scope] if mine else "default"))
        return rows


class MailTemplateEdit(MailTemplateView):
    """One mail: its words, the meaning of its placeholders, and a preview for a named recipient."""

    asks = {
        "reset": Ask(
            "Use the default wording?", "Use the default", "Your own wording goes; it can still be read in the history."
        ),
    }

    template_name = "cohorts/mailings/template_edit.html"

    def look_up(self) -> None:
        super().look_up()
        self.kind = f"{self.kwargs['room']}/{self.kwargs['mail']}"
        if self.kind not in catalogue():
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        now = self._words(self.cohort)
        form = self._form(initial={"subject": now.subject, "body": now.body})
        return self._show(now, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not is_editable(self.kind):
            raise Http404
        which: dict[str, Any] = {"workspace": self.programme.workspace, "scope": self.scope, "by": self.user}
        if "reset" in request.POST:
            services.reset_wording(kind=self.kind, **which)
            messages.success(request, "The default words are back.")
            return redirect(template_link(self.programme, self.kind, self.cohort))
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(self._words(self.cohort), form, status=422)
        typed = MailText(self.kind, form.cleaned_data["subject"], form.cleaned_data["body"], edited="typed")
        if "preview" in request.POST:
            return self._show(typed, form)
        if "test" in request.POST:
            once = submission_key(request)  # the answer is this same page, so nothing else recognises a double click
            message = services.send_test(text=typed, values=self._sample_values(self._chosen()), once=once, **which)
            messages.success(request, f"A test is on its way to {message.to[0]}. Nothing is saved yet.")
            return self._show(typed, form)
        services.save_wording(kind=self.kind, subject=typed.subject, body=typed.body, **which)
        messages.success(request, "Saved. From now on this email goes out in these words.")
        return redirect(template_link(self.programme, self.kind, self.cohort))

    def _form(self, *data: Any, **values: Any) -> MailTemplateForm:
        return MailTemplateForm(*data, kind=self.kind, workspace_id=self.programme.workspace_id, **values)

    def _show(self, shown: MailText, form: MailTemplateForm, status: int = 200) -> HttpResponse:
        entry, chosen, editable = entry_of(self.kind), self._chosen(), is_editable(self.kind)
        subject, text, _ = shown.sample(**self._sample_values(chosen)) if editable else ("", "", "")
        own = MailTemplate.objects.filter(workspace=self.programme.workspace, scope=self.scope, kind=self.kind).first()
        query = f"?{urlencode({'cohort': self.cohort.slug})}" if self.cohort else ""
        return self.page(
            status=status,
            title=entry.name,
            when=entry.when,
            form=form,
            editable=editable,
            source=default_text(self.kind),
            placeholders=entry.placeholders,
            recipients=self._recipients(),
            chosen=chosen,
            preview={"subject": subject, "text": text},
            own=own,
            above=self._whose(None if own else self.cohort) if self.cohort else "",
            history=services.wordings_so_far(self.programme.workspace, self.scope, self.kind)[:20],
            back=f"{reverse('cohorts:mail-template-list', args=[self.programme.slug])}{query}",
        )

    def _words(self, cohort: Cohort | None) -> MailText:
        """The words of the mail as they stand now, for a cohort or the whole programme."""
        return mail_text(self.kind, workspace_id=self.programme.workspace_id, scope=cohort.scope if cohort else "")

    def _whose(self, cohort: Cohort | None) -> str:
        edited = self._words(cohort).edited
        return "default" if not edited else "programme" if edited == "programme" else "cohort"

    def _recipients(self) -> list[Enrollment]:
        found = Enrollment.objects.filter(cohort__programme=self.programme)
        if self.cohort:
            found = found.filter(cohort=self.cohort)
        return list(found.select_related("user", "cohort").order_by("user__full_name", "pk")[:MOST_RECIPIENTS])

    def _chosen(self) -> Enrollment | None:
        """The recipient whose mail is shown, if one was chosen."""
        pk = number_in((self.request.POST if self.request.method == "POST" else self.request.GET).get("as"))
        return next((one for one in self._recipients() if one.pk == pk), None) if pk else None

    def _sample_values(self, recipient: Enrollment | None) -> dict[str, str]:
        return known_values(self.programme, recipient.cohort if recipient else self.cohort, recipient)


def known_values(programme: Programme, cohort: Cohort | None, recipient: Enrollment | None) -> dict[str, str]:
    """Placeholder values that a preview knows. It shows samples for the others."""
    values = {"programme": programme.name, "contact": programme.contact_email}
    if cohort:
        start, end = (format_date(day, "j F Y") for day in (cohort.starts_on, cohort.ends_on))
        values |= {"cohort": cohort.name, "start": start, "end": end}
    if recipient:
        values |= {
            "name": recipient.user.short_name,
            "full_name": str(recipient.user),
            "role": programme.label_of(recipient.role),
            "project": recipient.title,
        }
    return values
