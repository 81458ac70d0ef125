"""The public pages of a programme: its own, those of its rounds and projects. All are off until switched on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort, Programme
from cohorts.querysets import ProjectPageQuerySet, PublicRoundQuerySet


class PublicPage(models.Model):
    """The public page of a programme, and its page of thanks. The address stays if the short name changes."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="public_page")
    slug = models.SlugField(max_length=60, unique=True, editable=False)
    is_on = models.BooleanField("show the page of the programme", default=False)
    shows_calls = models.BooleanField("open calls", default=True)
    shows_partners = models.BooleanField("partners", default=True)
    thanks_on = models.BooleanField("show the page of thanks", default=False)
    headline = models.CharField(
        max_length=120, blank=True, help_text="One sentence in large letters. Empty: the name of the programme."
    )
    about = models.TextField(
        "what it is", blank=True, help_text="Two or three sentences. Empty: the text above your sign-up forms."
    )
    gives = models.TextField("what people get", blank=True, help_text="One per line.")
    expects = models.TextField("what you ask of them", blank=True, help_text="One per line.")
    run_by = models.TextField(
        "who runs it", blank=True, help_text="Whom you name here has to agree. One per line: Ana Souza, training."
    )
    questions = models.TextField(
        "common questions", blank=True, help_text="A question on one line, its answer on the next, then an empty line."
    )
    framed_by = models.TextField(
        "sites that may show your open calls",
        blank=True,
        help_text="One per line, such as https://www.example.org. Empty: no other site.",
    )

    def __str__(self) -> str:
        return f"public page of {self.programme}"

    def get_absolute_url(self) -> str:
        return reverse("public:programme", args=[self.slug])


class PublicRound(models.Model):
    """The public page of a cohort, with the figures that may be shown, as counted on a day."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="public_round")
    slug = models.SlugField(max_length=60, unique=True, editable=False)
    is_on = models.BooleanField(default=False)
    figures = models.JSONField(default=dict, editable=False, help_text="Name → number, as the gate let them through.")
    counted_on = models.DateField(null=True, editable=False)

    objects = PublicRoundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"public page of {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("public:round", args=[self.cohort.programme.public_page.slug, self.slug])


class ProjectPage(models.Model):
    """A project in public. Its lead agrees to it; the address stays if they take it back and agree again."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="project_page")
    slug = models.SlugField(max_length=60, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False, help_text="Empty: it is not shown.")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    held_back = models.BooleanField(default=False, editable=False, help_text="Switched off by a coordinator.")
    summary = models.TextField("in a sentence or two", blank=True, max_length=400)
    problem = models.TextField("what was the problem?", blank=True, max_length=2000)
    made = models.TextField("what did you make?", blank=True, max_length=2000)
    next_steps = models.TextField(blank=True, max_length=1000)
    links = models.TextField(
        "where others find it",
        blank=True,
        max_length=2000,
        help_text="One per line, with what it is and its licence: https://example.org/maps, Code, MIT",
    )

    objects = ProjectPageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(agreed_at=None) | ~Q(slug=""), name="public_project_has_address"),
        ]

    def __str__(self) -> str:
        return f"public page of {self.enrollment}"

    def get_absolute_url(self) -> str:
        public_round = self.enrollment.cohort.public_round
        page = self.enrollment.cohort.programme.public_page
        return reverse("public:project", args=[page.slug, public_round.slug, self.slug])
