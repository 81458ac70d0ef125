"""The public face of the demo: the page of the programme, and the archive of the round that is over."""

from cohorts.models import Cohort, Enrollment, Programme
from mentorship.core.accounts.models import User
from mentorship.portal.public_face import services
from mentorship.portal.public_face.people import listings, people_of

WORDS = {
    "headline": "Make your research open, with a mentor beside you",
    "about": "Open Science Seeds is a free online programme. You bring a project. For sixteen weeks an experienced "
    "mentor meets you every two weeks and helps you take the next step.",
    "gives": "A mentor chosen for your project, your languages and your hours\n"
    "Calls with everybody else in the round, every month\nA certificate that anybody can check",
    "expects": "About three hours a week for sixteen weeks\nEnough English for a call\n"
    "A project that you can show others at the end",
    "run_by": "Rosa Lindgren, programme owner\nAmara Diallo, coordinator\nRuth Stein, reports",
    "questions": "Does it cost anything?\nNo. The programme is free for everybody who takes part. Our partners pay for "
    "training and captions.\n\nWhat if my project is only an idea?\nThat is enough. Most projects begin as a page "
    "of notes.\n\nCan we sign up as a team?\nYes, up to five people with one project. One of you fills in the form.",
    "framed_by": "https://www.example.org",
}
STEPS = (
    "We look for two more groups who want to try it.",
    "A second version, in one more language.",
    "",
    "Somebody to look after it with us.",
)


def show_in_public(programme: Programme, past: Cohort, owner: User, coordinator: User) -> None:
    """Switch the pages on. Most people agree to be named, most leads show their project, and some write about it."""
    page = services.page_of_programme(programme)
    for name, text in WORDS.items():
        setattr(page, name, text)
    page.is_on = page.thanks_on = True
    services.save_public_page(page=page, by=owner)
    leads = people_of(past).filter(role="mentee")
    for number, one in enumerate(listings(leads)):
        services.set_named(enrollment=one.enrollment, person=one.person, named=number % 4 != 3)
    for number, project in enumerate(leads.filter(status=Enrollment.Status.COMPLETED)):
        if number % 6 != 5:
            services.save_project_page(
                enrollment=project, agrees=True, by=project.user, words=_words(project, number) if number % 5 else None
            )
    services.set_round_shown(cohort=past, shown=True, by=coordinator)


def _words(project: Enrollment, number: int) -> dict[str, str]:
    link = f"https://demo.example.org/projects/{project.pk}"
    return {
        "summary": project.description,
        "made": project.goals,
        "next_steps": STEPS[number % len(STEPS)],
        "links": f"{link}, What we made, CC BY 4.0\n{link}/code, Code, MIT" if number % 2 else "",
    }
