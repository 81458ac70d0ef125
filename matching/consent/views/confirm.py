"""Preview a run's intros, ask people first, and confirm the pairs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortView
from cohorts.models import Enrollment
from cohorts.sharing.services import ask_about_sharing, not_asked_yet
from matching.board.views.base import RunView
from matching.consent.forms import ConfirmPolicyForm
from matching.consent.policy import confirm_policy_of, save_confirm_policy
from matching.consent.preview import enrollments_of, preview_rows, still_possible
from matching.consent.services import ask_pairs, confirm_previewed
from matching.intro.mails import intro_mail
from matching.intro.services import preview_fingerprint, unconfirmed_proposals
from matching.models import Confirmation, Match, MatchRun
from matching.sentences.services import own_sentences_of, sentences_of
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.markup import counted
from mentorship.core.views import FormPage, Question


class ConfirmView(RunView):
    """A page for editors on the way from a run to its matches."""

    for_editors = True

    def left_out(self, request: HttpRequest) -> set[str]:
        """The ids of the mentees that the reader left out, as they were sent."""
        return set(request.POST.getlist("leave"))

    def to_preview(self) -> HttpResponse:
        return redirect("matching:run-preview", cohort_slug=self.cohort.slug, number=self.run.number)


class Preview(ConfirmView):
    """The recipients of intros, and one intro as it will arrive. Writes nothing."""

    template_name = "matching/consent/preview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        run, cohort = self.run, self.cohort
        waiting = unconfirmed_proposals(run) if run.status == MatchRun.Status.READY else []
        groups, impossible = still_possible(run, waiting)
        chosen = next((g for g in groups if str(g[0].pk) == request.GET.get("mentee")), groups[0] if groups else None)
        policy = confirm_policy_of(cohort)
        rows = preview_rows(run, groups, policy)
        people = [p for mentee, pairs in groups for p in (*mentee.people, *(pair.mentor.user for pair in pairs))]
        matched = Match.objects.filter(mentee__cohort=cohort).occupying_place().values("mentee_id")
        mentees = Enrollment.objects.filter(cohort=cohort).mentees().occupying_place()
        others = mentees.exclude(pk__in=[mentee.pk for mentee, _ in groups]).exclude(pk__in=matched)
        return self.page(
            run=run,
            groups=groups,
            rows=rows,
            impossible=impossible,
            policy=policy,
            shown=preview_fingerprint(cohort, waiting),
            left_out=who_is_left_out(cohort.workspace_id, [p.email for p in people]).items(),
            without=others.count(),
            mail=intro_mail(*chosen) if chosen else None,
            sentences=sentences_of(*chosen, own_sentences_of(cohort)) if chosen else [],
            confirmation=Confirmation.objects.to_show(cohort),
            relayed=sum(bool(row.hidden) for row in rows),
            to_ask_sharing=len(not_asked_yet(enrollments_of(groups))),
            messages_count=len(groups),
            ready_count=sum(row.ready for row in rows),
            to_ask=sum(row.unasked for row in rows),
        )


class Confirm(ConfirmView):
    """Make the matches and queue the intros, except those left out."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        policy = confirm_policy_of(self.cohort)
        try:
            confirmed = confirm_previewed(
                run=self.run,
                by=self.user,
                left_out=self.left_out(request),
                unanswered_too=bool(request.POST.get("anyway")),
                shown=request.POST.get("shown", ""),
            )
        except ServiceError as error:
            messages.error(request, str(error))
            return self.to_preview()
        matches = confirmed.matches
        intros = len({match.intro_id for match in matches})
        if confirmed.under_way:
            messages.info(
                request, f"{counted(confirmed.under_way.total, 'intro')} are being confirmed. You can leave this page."
            )
        elif not matches and confirmed.waits_for_answers:
            messages.info(request, "Nobody has said yes yet. Ask first, or confirm also those who have not answered.")
        elif not matches:
            messages.info(request, "There was nothing left to confirm.")
        elif policy.grace_minutes:
            messages.success(request, f"{len(matches)} confirmed. Until their intros leave you can undo it here.")
        else:
            messages.success(request, f"{len(matches)} confirmed. {intros} intros are on their way.")
        return redirect("matching:match-list", cohort_slug=self.cohort.slug)


class Ask(ConfirmView):
    """Ask the people of the pairs shown, except those left out."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        left_out = self.left_out(request)
        mentees = [mentee.pk for mentee, _ in unconfirmed_proposals(self.run) if str(mentee.pk) not in left_out]
        shown = request.POST.get("shown", "")
        try:
            asked, left = ask_pairs(run=self.run, mentee_ids=mentees, by=self.user, shown=shown)
        except ServiceError as error:
            messages.error(request, str(error))
            return self.to_preview()
        if asked:
            messages.success(request, f"{len(asked)} {'pair is' if len(asked) == 1 else 'pairs are'} asked.")
        for words in left[:5]:
            messages.warning(request, f"Not asked: {words}")
        return redirect("matching:question-list", cohort_slug=self.cohort.slug)


class AskSharing(ConfirmView):
    """Ask those who gave no name, or did not agree to share their address, before they are introduced."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask before these people get a mail."""
        return ask_before_mails(
            self._ask,
            people=len({person.pk for _enrollment, person in self._waiting().values()}),
            title="Ask about names and addresses?",
            text="It asks for their name, and whether their match may see their email address.",
            button="Ask them by email",
            back=reverse("matching:run-preview", args=[self.cohort.slug, self.run.number]),
        )

    def _waiting(self) -> dict[str, tuple[Enrollment, User]]:
        return not_asked_yet(enrollments_of(unconfirmed_proposals(self.run)))

    def _ask(self) -> int:
        enrollments = enrollments_of(unconfirmed_proposals(self.run))
        return ask_about_sharing(cohort=self.cohort, enrollments=enrollments, by=self.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = self._waiting()
        if not waiting:
            messages.info(request, "Everybody has been asked already.")
            return self.to_preview()
        ids = list(dict.fromkeys(enrollment.pk for enrollment, _person in waiting.values()))
        back = reverse("matching:run-preview", args=[self.cohort.slug, self.run.number])
        return answer_for_many(self, "sharing-questions", ids, back=back)


class EditConfirmPolicy(FormPage, CohortView):
    """The settings of confirmation: who is asked, and how long intros wait."""

    template_name = "matching/consent/policy.html"
    for_editors = True

    def get_form(self, *data: Any) -> ConfirmPolicyForm:
        return ConfirmPolicyForm(*data, instance=confirm_policy_of(self.cohort))

    def save(self, form: ConfirmPolicyForm) -> HttpResponse:
        save_confirm_policy(policy=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. Pairs that are asked already go on as they were asked.")
        return redirect("matching:confirm-policy-edit", cohort_slug=self.cohort.slug)
