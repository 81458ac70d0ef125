"""Forms about public pages. Input only."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from cohorts.models import ProjectPage, PublicPage
from mentorship.core.wording import check_wording
from mentorship.portal.public_face.content import lines_of, project_links


def _areas(**rows: int) -> dict[str, forms.Textarea]:
    """Text areas with so many rows, by field."""
    return {name: forms.Textarea(attrs={"rows": number}) for name, number in rows.items()}


class PublicPageForm(forms.ModelForm):
    """The switches and texts of a programme's pages."""

    class Meta:
        model = PublicPage
        fields = (
            "is_on",
            "headline",
            "about",
            "gives",
            "expects",
            "run_by",
            "questions",
            "shows_calls",
            "shows_partners",
            "thanks_on",
            "framed_by",
        )
        labels = {
            "is_on": "Show the page of the programme",
            "about": "About the programme",
            "thanks_on": "Show the page that thanks those who helped",
            "shows_calls": "Show open calls on it",
            "shows_partners": "Show partners on it, as each of them allows",
        }
        help_texts = {"run_by": "One per line: Ana Souza, training. Only name people who agreed to it."}
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (
                ("about", 3),
                ("gives", 4),
                ("expects", 4),
                ("run_by", 3),
                ("questions", 6),
                ("framed_by", 2),
            )
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        texts = ("headline", "about", "gives", "expects", "run_by", "questions")
        check_wording(self, self.instance.programme.workspace_id if self.instance.programme_id else None, *texts)
        return data

    def clean_framed_by(self) -> str:
        return "\n".join(_origin(line) for line in lines_of(self.cleaned_data["framed_by"]))


def _origin(line: str) -> str:
    """The scheme and host of a site. Raises ValidationError for anything else."""
    try:
        parts = urlsplit(line)
        URLValidator(schemes=["https", "http"])(line)
        host = parts.netloc.encode("idna").decode()
    except (ValidationError, ValueError):
        raise ValidationError(f"“{line}” isn’t a website. Enter an address like https://www.example.org.") from None
    if "@" in host or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValidationError(f"Enter “{line}” without what follows the name of the site: {parts.scheme}://{host}")
    return f"{parts.scheme}://{host}".lower()


class ProjectPageForm(forms.ModelForm):
    """Words about a project for everybody, and whether its lead agrees."""

    agrees = forms.BooleanField(
        label="Everybody may see the page of our project",
        required=False,
        help_text="Untick it at any time: the page is gone at once.",
    )

    class Meta:
        model = ProjectPage
        fields = ("summary", "problem", "made", "next_steps", "links")
        labels = {
            "summary": "The project in a sentence or two",
            "problem": "What was the problem?",
            "made": "What did you make?",
            "next_steps": "What comes next?",
            "links": "Where others find it",
        }
        widgets = _areas(summary=2, problem=4, made=4, next_steps=3, links=3)

    def clean_links(self) -> str:
        text = self.cleaned_data["links"]
        for line, link in zip(lines_of(text), project_links(text), strict=True):
            try:
                URLValidator(schemes=["https", "http"])(link.url)
            except ValidationError:
                raise ValidationError(f"“{line}” doesn’t begin with an address like https://example.org.") from None
        return text
