"""Forms about programmes, cohorts, groups, the plan and the team. Input only."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify

from cohorts.models import Cohort, Group, Programme
from cohorts.plan.days_off import read_days_off
from cohorts.plan.programme_templates import TEMPLATES, template_of
from cohorts.plan.services import usual_end
from cohorts.setup.interaction_styles import check_styles
from cohorts.setup.other_roles import refuse_roles
from cohorts.towns import read_towns
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.languages.known import language_choices
from mentorship.core.text import without_accents
from mentorship.core.timezones import ANYWHERE, end_of_day
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, TimeZoneField, clean_moment, moment_in
from mentorship.core.wording import check_wording


def short_name_of(name: str, taken: QuerySet[Any], fallback: str, most: int) -> str:
    """A short name of at most `most` characters that none of `taken` has, made from a name."""
    base = slugify(without_accents(name).replace("ß", "ss"))[: most - 4].strip("-") or fallback
    names = (base, *(f"{base}-{number}" for number in range(2, 999)))
    used = set(taken.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(one for one in names if one not in used)


class ShortNameForm(forms.BaseForm):
    """A form with a name and the short name in addresses, which defaults to one made from the name."""

    def offer_short_name(self) -> None:
        """Make the short name optional, and let the page fill it in as the name is typed."""
        field = self.fields["slug"]
        field.required, field.label = False, "Short name"
        field.help_text = f"{field.help_text} Leave it empty and we make it from the name."
        field.widget.attrs["data-slug-of"] = self["name"].auto_id

    def short_name(self, taken: QuerySet[Any], fallback: str) -> str:
        """The typed short name, otherwise a free one made from the name."""
        field: Any = self.fields["slug"]
        if typed := self.cleaned_data["slug"]:
            return typed
        return short_name_of(self.cleaned_data.get("name", ""), taken, fallback, field.max_length)


def template_field(**kwargs: Any) -> forms.ChoiceField:
    """The kinds of programme to begin with."""
    choices = [one.choice for one in TEMPLATES.values()]
    return forms.ChoiceField(label="Kind of programme", choices=choices, widget=forms.RadioSelect, **kwargs)


def take_words_of_template(cleaned: dict[str, Any]) -> None:
    """Use the template's words for roles where none were typed."""
    template = template_of(cleaned.get("template", ""))
    for name in ("mentor_label", "mentee_label"):
        if not cleaned.get(name):
            cleaned[name] = getattr(template, name) if template else name.removesuffix("_label")


class ProgrammeForm(ShortNameForm, forms.ModelForm):
    """Name, wording and contact of a programme."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.offer_short_name()
            self._offer_template()

    def _offer_template(self) -> None:
        """Ask first what kind of programme it is, which has words of its own for roles."""
        kind = template_field(required=False, help_text="Brings dates, words and forms that you can change.")
        self.fields = {"template": kind, **self.fields}
        for name in ("mentor_label", "mentee_label"):
            self.fields[name].required, self.initial[name] = False, ""
            self.fields[name].help_text = "Leave it empty to use the word of the kind of programme."

    def clean_slug(self) -> str:
        return self.short_name(Programme.objects.all(), "programme")

    class Meta:
        model = Programme
        fields = (
            "name",
            "slug",
            "summary",
            "contact_email",
            "code_of_conduct_url",
            "conduct_email",
            "mentor_label",
            "mentee_label",
            "days_off",
            "interaction_styles",
            "other_roles",
            "towns",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("summary", "days_off", "interaction_styles", "other_roles", "towns")
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            take_words_of_template(cleaned)
        check_wording(self, self.instance.workspace_id, "summary")
        return cleaned

    def clean_days_off(self) -> str:
        text = self.cleaned_data["days_off"].strip()
        try:
            read_days_off(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return text

    def clean_interaction_styles(self) -> str:
        try:
            return check_styles(self.cleaned_data["interaction_styles"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_other_roles(self) -> str:
        names = [" ".join(line.split()) for line in self.cleaned_data["other_roles"].splitlines() if line.strip()]
        if refusal := refuse_roles(names, self.instance):
            raise forms.ValidationError(refusal)
        return "\n".join(names)

    def clean_towns(self) -> str:
        text = self.cleaned_data["towns"].strip()
        try:
            read_towns(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return text


class CohortForm(ShortNameForm, forms.ModelForm):
    """Name and dates of a cohort. The closing time is in the cohort's own time zone."""

    time_zone = TimeZoneField(help_text="All dates of this cohort are in this time zone.")
    signup_closes_at = LocalMomentField(
        label="Sign-up closes",
        required=False,
        help_text="In the time zone above. Leave it empty to keep sign-up open until you move the cohort on.",
    )

    other_languages = forms.MultipleChoiceField(
        label="Also available in",
        required=False,
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="People choose one of these on the sign-up form, which is then in that language, like their emails "
        "about sign-up. Your own questions and texts stay as you typed them.",
    )

    class Meta:
        model = Cohort
        fields = (
            "name",
            "slug",
            "starts_on",
            "ends_on",
            "time_zone",
            "language",
            "other_languages",
            "signup_closes_at",
            "closes_anywhere",
            "mentee_seats",
            "mentor_seats",
            "offer_days",
            "fill_from_waitlist",
            "copies_intros",
            "meets_in_person",
            "suggested_topics",
        )
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "suggested_topics": forms.Textarea(attrs={"rows": 3}),
        }

    opens_on = forms.DateField(
        label="Sign-up opens",
        required=False,
        widget=DayInput(),
        help_text="The plan begins on this day. Leave it empty for the usual time before the start.",
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["language"].required = False
        if self.instance.pk is None:
            self.offer_short_name()
            self.fields["ends_on"].required = False
            self.fields["ends_on"].help_text = "Leave it empty for the length of your timeline."
        else:
            del self.fields["opens_on"]
        if self.instance.signup_closes_at:
            zone = ANYWHERE if self.instance.closes_anywhere else self.instance.tz
            self.initial["signup_closes_at"] = self.instance.signup_closes_at.astimezone(zone).replace(tzinfo=None)

    def clean_slug(self) -> str:
        return self.short_name(Cohort.objects.all(), "cohort")

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language

    def _clean_days(self, cleaned: dict[str, Any]) -> None:
        """Put the usual end where none was typed, and refuse an opening that is not before the start or the closing."""
        starts, opens, closes = (cleaned.get(name) for name in ("starts_on", "opens_on", "signup_closes_at"))
        if self.programme and starts and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            cleaned["ends_on"] = self.instance.ends_on = usual_end(self.programme, starts)
        if opens and starts and opens >= starts:
            self.add_error("opens_on", "Sign-up has to open before the first day.")
        elif opens and closes and opens >= closes.date():
            self.add_error("opens_on", "Sign-up has to open before it closes.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._clean_days(cleaned)
        closes, zone = cleaned.get("signup_closes_at"), cleaned.get("time_zone")
        if closes and cleaned.get("closes_anywhere"):
            cleaned["signup_closes_at"] = end_of_day(closes.date(), ANYWHERE)
        elif closes and zone:
            clean_moment(self, "signup_closes_at", zone)
        elif closes:
            del cleaned["signup_closes_at"]  # without a zone it is not a moment
        elif cleaned.get("closes_anywhere") and "signup_closes_at" not in self.errors:
            self.add_error("signup_closes_at", "Say which day.")
        programme = self.programme or self.instance.programme
        check_wording(self, programme.workspace_id, "name")
        return cleaned


class GroupForm(forms.ModelForm):
    """A track, or a partner's people. The closing time is in the cohort's own time zone."""

    signup_closes_at = LocalMomentField(label="Sign-up closes", required=False)

    class Meta:
        model = Group
        fields = ("name", "slug", "seats", "signup_closes_at", "contact_email")

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        words = f"In the cohort’s time zone: {cohort.zone_name}. Leave it empty to close with the cohort’s sign-up."
        self.fields["signup_closes_at"].help_text = words
        if self.instance.signup_closes_at:
            local = self.instance.signup_closes_at.astimezone(cohort.tz)
            self.initial["signup_closes_at"] = local.replace(tzinfo=None)

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if self.cohort.groups.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another group of this cohort has this short name.")
        return slug

    def clean_signup_closes_at(self) -> Any:
        closes = self.cleaned_data["signup_closes_at"]
        return moment_in(self.cohort.time_zone, closes) if closes else None


class CloneForm(ShortNameForm, forms.Form):
    """Values that differ in the next cohort."""

    name = forms.CharField(max_length=120)
    slug = forms.SlugField(max_length=60, help_text="The short name in addresses.")
    starts_on = forms.DateField(widget=DayInput(), label="Week 1 begins")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_short_name()

    def clean_slug(self) -> str:
        slug = self.short_name(Cohort.objects.all(), "cohort")
        if Cohort.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Another cohort has this short name already.")
        return slug


class TeamForm(forms.Form):
    """A person and their role in the programme."""

    full_name = forms.CharField(max_length=200)
    email = AddressField(label="Email")
    role = forms.ChoiceField(
        choices=WorkspaceRole.Role.choices,
        initial=WorkspaceRole.Role.COORDINATOR,
        help_text="Owners also change the team. Viewers see everything and change nothing.",
    )
