"""The sign-up form and the rows of team members."""

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Cohort, Enrollment, SignupQuestion
from cohorts.models.question_kinds import answer_values
from cohorts.questions.conditions import asked_keys, condition_of
from cohorts.questions.files import file_of_token, keep_draft, sign_file_id
from cohorts.questions.question_form import build_field
from cohorts.setup.interaction_styles import styles_offered
from cohorts.signup_form.comma_list import MAX_TOPICS, CommaList
from cohorts.signup_form.eligibility import eligibility_errors, history_errors, way_out
from cohorts.signup_form.form_definition import (
    OFF,
    OWN_WORDS,
    REQUIRED,
    TEAM,
    asks_for_team,
    audience_of,
    current_questions,
    field_name,
    standard_fields,
)
from cohorts.signup_form.hours_field import WeekField, settle_hours
from cohorts.signup_form.labels import (
    ASKS_FOR_EMPLOYER,
    HELP_WANTED_HINT,
    field_label,
    is_help_wanted,
    required_words,
)
from mentorship.core.accounts.field_access import Audience, reads_in_words
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.languages.current import current_language
from mentorship.core.languages.current import current_locale as babel_locale
from mentorship.core.reference_data import countries, language_code, language_name
from mentorship.core.text import clean_name
from mentorship.core.ui.forms.autocomplete import fill_in_about_reader
from mentorship.core.ui.forms.error_words import words_if_missing
from mentorship.core.ui.forms.time_zone_field import TimeZoneField

MAX_MEMBERS = 8
EMPTY_ROWS = 3  # scripts show one, and more on request
# Facilitators and experts are invited, and are not matched.
NOT_ASKED = {"mentor": ("title", "description", "mentors_wanted"), "mentee": ("capacity",)}
IN_PAIRS_ONLY = (
    "title",
    "description",
    "mentors_wanted",
    "capacity",
    "mentoring_type",
    "interaction_style",
    "city",
    "availability",
    "shares_address",
)


class SignupForm(forms.Form):
    """The sign-up form of a cohort for a role.

    `address` is the address of a person who has confirmed it. With `passed` the eligibility rules do not apply. A team
    that is there already can be changed (`has_team`), even if the form has stopped asking for one.
    """

    full_name = forms.CharField(max_length=200, help_text=lazy("As you write it yourself, in any script."))
    email = AddressField(help_text=lazy("We send you one link to confirm it."))
    pronouns = forms.CharField(max_length=60, required=False)
    title = forms.CharField(max_length=300, help_text=lazy("One line that says what it is about."))
    description = forms.CharField(
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("What it is, for whom, and where it stands."),
    )
    topics = CommaList(
        help_text=lazy(
            "Choose some or add your own, with commas between them. Use “quotes” round a topic that has a comma."
        )
    )
    goals = forms.CharField(max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    mentoring_type = forms.ChoiceField(
        choices=Enrollment.MentoringType.choices, widget=forms.RadioSelect, initial=Enrollment.MentoringType.BOTH
    )
    interaction_style = forms.ChoiceField(
        choices=Enrollment.InteractionStyle.choices, widget=forms.RadioSelect, initial=Enrollment.InteractionStyle.MIXED
    )
    hours_per_month = forms.IntegerField(min_value=1, max_value=200, required=False)
    capacity = forms.IntegerField(min_value=1, max_value=50, initial=1, help_text=lazy("A team counts as one."))
    mentors_wanted = forms.IntegerField(min_value=1, max_value=5, initial=1, help_text=lazy("Most people have one."))
    country = forms.ChoiceField(choices=lambda: [("", gettext("Choose")), *countries(babel_locale())])
    city = forms.CharField(max_length=80, required=False)
    time_zone = TimeZoneField(empty=lazy("Choose"), detect=True)
    availability = WeekField(
        required=False, help_text=lazy("Mark all the times that usually suit you. More choice helps.")
    )
    languages = CommaList(
        read=language_code,
        refusal=lazy("We don't know the language “{}”. Write its English name."),
        most=12,
        help_text=lazy("Such as: English, Swahili."),
    )
    private_needs = forms.CharField(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=reads_in_words(Audience.PRIVATE),
    )
    shares_address = forms.BooleanField(
        help_text=lazy("One email introduces you to each other; it can't do without."),
        error_messages={"required": lazy("We can only match people who may write to each other.")},
    )
    listed_publicly = forms.BooleanField(required=False, help_text=lazy("If you like. You can change it later."))
    # For people who arrive by a link: their form is prefilled, and some mail scanners follow links and press buttons.
    joins = forms.BooleanField(error_messages={"required": lazy("Tick this box to sign up.")})

    def __init__(
        self,
        *args: Any,
        cohort: Cohort,
        role: str,
        address: str = "",
        passed: bool = False,
        by_link: bool = False,
        has_team: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cohort, self.role, self.passed, self.is_proven = cohort, role, passed, bool(address)
        self.asks_team = role == Enrollment.Role.MENTEE and (has_team or asks_for_team(cohort, role))
        joins = self.fields.pop("joins")
        self._choose_standard_fields()
        self._offer_styles()
        self.questions = current_questions(cohort, role)
        for question in self.questions:
            if question.behaviour.is_asked:
                field = self.fields[field_name(question)] = build_field(question)
                if question.seen_by != Audience.REVIEW:
                    field.help_text = self._with_our_words(field.help_text, reads_in_words(question.seen_by))
        self._add_conditions()
        if address:
            self.fields["email"].disabled = True
            self.initial["email"] = address
            self.fields["email"].help_text = gettext("It is confirmed.")
        employers = [q for q in self.questions if q.kind == "short" and ASKS_FOR_EMPLOYER.search(q.text)]
        fill_in_about_reader(self, **{field_name(question): "organization" for question in employers})
        if by_link:
            joins.label = gettext("Yes, sign me up for {cohort}").format(cohort=cohort)
            self.fields["joins"] = joins
        self._mark_for_scripts()
        shown = [language_name(code, babel_locale()) for code in self.initial.get("languages", [])]
        self.initial["languages"] = ", ".join(shown)

    def _choose_standard_fields(self) -> None:
        """Keep the standard fields of the role that the cohort asks, with labels in the programme's words."""
        for name in NOT_ASKED.get(self.role, IN_PAIRS_ONLY):
            del self.fields[name]
        for name, state in standard_fields(self.cohort, self.role).items():
            if name == TEAM:
                continue
            self.fields[name].required = state == REQUIRED
            if state == OFF:
                del self.fields[name]
        for name, field in self.fields.items():
            field.label = field_label(name, self.cohort, self.role)
            if words := required_words(name, self.cohort, self.role):
                field.error_messages["required"] = words
            if is_help_wanted(name, self.cohort, self.role):
                field.help_text = HELP_WANTED_HINT
            if name in OWN_WORDS and self.role in Enrollment.MATCHED_ROLES:
                field.help_text = f"{field.help_text} {reads_in_words(audience_of(name))}".strip()
        if "city" in self.fields and self.cohort.meets_in_person:
            self.fields["city"].help_text = gettext(
                "Pairs meet in person, so your match is told how far apart you live."
            )

    def _with_our_words(self, typed: Any, ours: str) -> str:
        """A hint that coordinators typed, and ours after it: the two may be in different languages."""
        spoken = current_language()
        if not typed or spoken == self.cohort.main_language:
            return f"{typed} {ours}".strip()
        return format_html('{} <span lang="{}">{}</span>', typed, spoken.tag, ours)

    def _offer_styles(self) -> None:
        """The programme's own ways to work together; an earlier answer that is no longer among them is named."""
        field: Any = self.fields.get("interaction_style")
        if field is None:
            return
        field.choices = styles_offered(self.cohort)
        offered, before = dict(field.choices), self.initial.get("interaction_style")
        if field.initial not in offered:
            field.initial = None
        if before and before not in offered:
            field.help_text = f"{field.help_text} {_no_longer_a_choice(before)}".strip()

    def _mark_for_scripts(self) -> None:
        suggestions = reverse("cohorts:topic-suggest", args=[self.cohort.slug])
        self._mark("topics", **{"data-chips": "", "data-suggestions": "topic-suggestions", "data-max": str(MAX_TOPICS)})
        self._mark("topics", **{"data-suggest-url": suggestions})
        self._mark("languages", **{"data-chips": ""})
        self._mark("private_needs", **{"data-draft": "tab"})  # the browser may be shared
        self._mark("country", **{"data-zones": "country"})
        for name, field in self.fields.items():
            if field.required:
                self._mark(name, **{"data-missing": words_if_missing(field)})
            if isinstance(field, forms.CharField) and not isinstance(field, forms.EmailField):
                self._mark(name, dir="auto")  # people write in a script of their own

    def _mark(self, name: str, **attributes: str) -> None:
        if name in self.fields:
            self.fields[name].widget.attrs |= attributes

    def _add_conditions(self) -> None:
        """Mark fields that depend on another answer, and answers that are no longer possible."""
        by_key = {question.key: question for question in self.questions}
        for question in self.questions:
            name = field_name(question)
            if name not in self.fields:
                continue
            if parent := condition_of(question, by_key):
                condition = {"data-shown-if": field_name(parent), "data-shown-value": question.shown_if_value}
                self.fields[name].widget.attrs |= condition
            gone = [value for value in answer_values(self.initial.get(name)) if value not in dict(question.choices)]
            if gone and question.behaviour.is_chosen:
                said = _no_longer_a_choice(", ".join(gone))
                self.fields[name].help_text = self._with_our_words(self.fields[name].help_text, said)

    def keep_files(self) -> None:
        """Store uploads that passed their checks, so that an error elsewhere in the form does not lose them.

        Views call it once the form has been checked. Uploads stay drafts until a service takes the answers.
        """
        data, files = self.data.copy(), self.files.copy()  # type: ignore[attr-defined]
        for question in self.questions:
            name = field_name(question)
            upload = files.get(name) if question.behaviour.is_file else None
            if upload is None or name in self.errors or question.key not in self.asked:
                continue
            earlier = file_of_token(data.get(f"{name}-kept"))
            kept = keep_draft(cohort=self.cohort, upload=upload, instead_of=earlier)
            data[f"{name}-kept"] = sign_file_id(kept.pk)
            del files[name]
            self.cleaned_data["own"][question.key] = str(kept.pk)
        self.data, self.files = data, files

    @property
    def own_parts(self) -> list[tuple[SignupQuestion, Any]]:
        """The cohort's own questions in order, each with its field; headings have none."""
        return [(q, self[field_name(q)] if field_name(q) in self.fields else None) for q in self.questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["own"] = self._own(cleaned)
        settle_hours(self, "availability", cleaned)
        if not self.passed:
            found = eligibility_errors(self.cohort, self.role, cleaned)
            if self.is_proven:
                found |= history_errors(self.cohort, self.role, cleaned.get("email", ""))
            for name, words in found.items():
                self.add_error(name if name in self.fields else None, f"{words} {self._way_out}")
        return cleaned

    @property
    def _way_out(self) -> str:
        return way_out(self.cohort)

    def _own(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Answers to own questions by key. A question hidden by other answers is empty, and not an error."""
        named = {question.key: field_name(question) for question in self.questions}
        own = {
            question.key: question.behaviour.store(cleaned.pop(named[question.key], None))
            for question in self.questions
            if named[question.key] in self.fields
        }
        self.asked = asked_keys(self.questions, own)
        for key in own.keys() - self.asked:
            self.errors.pop(named[key], None)
            own[key] = None
        return own

    @property
    def about_you(self) -> FormHelper:
        return self._part(
            Div("full_name", "pronouns", css_class="m-pair"),
            "email",
            Div("country", "city", "time_zone", css_class="m-pair"),
            "languages",
        )

    @property
    def about_it(self) -> FormHelper:
        project = ("title", "description") if self.role == "mentee" else ()
        number = "mentors_wanted" if self.role == "mentee" else "capacity"
        return self._part(
            *project,
            "topics",
            "goals",
            Field("mentoring_type", wrapper_class="m-chips"),
            Field("interaction_style", wrapper_class="m-chips"),
            Div("hours_per_month", number, css_class="m-pair"),
        )

    @property
    def when(self) -> FormHelper | None:
        """When they can meet; None if the cohort doesn't ask."""
        return self._part("availability") if "availability" in self.fields else None

    @property
    def last_words(self) -> FormHelper:
        return self._part("private_needs", "shares_address", "listed_publicly", "joins")

    def clean_full_name(self) -> str:
        name = clean_name(self.cleaned_data["full_name"])
        if not name:
            raise forms.ValidationError(gettext("Enter your name."), code="required")
        return name

    def clean_pronouns(self) -> str:
        return clean_name(self.cleaned_data["pronouns"])

    def clean_mentors_wanted(self) -> int:
        return self.cleaned_data["mentors_wanted"] or 1

    def clean_city(self) -> str:
        return clean_name(self.cleaned_data["city"])

    def clean_title(self) -> str:
        return clean_name(self.cleaned_data["title"])

    def _part(self, *fields: Any) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*filter(None, map(self._asked, fields)))
        return helper

    def _asked(self, item: Any) -> Any:
        """Part of a layout, without fields that this cohort does not ask."""
        if isinstance(item, str):
            return item if item in self.fields else None
        item.fields = [name for name in item.fields if name in self.fields]
        return item if item.fields else None


def _no_longer_a_choice(answer: str) -> str:
    return gettext("You answered “{answer}” before, which is no longer a choice.").format(answer=answer)


class AgainForm(forms.Form):
    """Whether a repeated sign-up replaces the earlier answers. Nothing is preselected."""

    KEEP = "keep"
    what = forms.ChoiceField(
        label=lazy("Which answers count?"),
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose which answers count.")},
    )

    def __init__(self, *args: Any, signups: Sequence[Enrollment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signups = {str(one.pk): one for one in signups}
        replace = [
            (
                pk,
                gettext("Replace “{title}” with what I’ve just sent").format(title=one.title)
                if one.title
                else gettext("Replace it with what I’ve just sent"),
            )
            for pk, one in self.signups.items()
        ]
        keep = self.KEEP, gettext("Keep what I told you before")
        self.fields["what"].choices = [keep, *replace]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Enrollment | None:
        """The sign-up whose answers are replaced; None to change nothing."""
        return self.signups.get(self.cleaned_data["what"])


class MemberForm(forms.Form):
    """One more person of the team. A row may be empty, but not half filled in."""

    # A browser would fill in the lead's details.
    full_name = forms.CharField(
        label=lazy("Name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = AddressField(
        label=lazy("Email address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def clean_full_name(self) -> str:
        return clean_name(self.cleaned_data["full_name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, email = cleaned.get("full_name"), cleaned.get("email")
        if name and email == "":
            self.add_error("email", gettext("Enter the email address of {name}.").format(name=name))
        elif email and name == "":
            self.add_error("full_name", gettext("Enter the name of {address}.").format(address=email))
        return cleaned


class BaseMemberFormSet(forms.BaseFormSet):
    """The team without its lead. Each address may occur once, and not the lead's."""

    lead = ""
    default_error_messages: ClassVar = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": lazy("A team can name up to %(num)d people besides its lead. Leave out the others."),
    }

    def clean(self) -> None:
        seen = {self.lead: gettext("You are in the team already; name the others.")} if self.lead else {}
        for form in self.forms:
            email = form.cleaned_data.get("email") if hasattr(form, "cleaned_data") else None
            if email and email in seen:
                form.add_error("email", seen[email])
            elif email:
                seen[email] = gettext("This address is in the list above already.")

    @property
    def people(self) -> list[dict[str, str]]:
        return [dict(form.cleaned_data) for form in self.forms if form.cleaned_data.get("email")]


MemberFormSet = forms.formset_factory(
    MemberForm, formset=BaseMemberFormSet, extra=EMPTY_ROWS, max_num=MAX_MEMBERS, validate_max=True
)
