"""Links of mailings: opting out, and the page on which a mail template is edited."""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User, Workspace
from mentorship.core.links import LinkError, SignedLink

# Holds the ids of a workspace and a person. It never expires: people must be able to unsubscribe by any old mail.
OPT_OUT = SignedLink(
    "cohorts:opt-out-edit", "cohorts.mailing.opt-out", (int, int), max_age=None, does="Choose which emails you get"
)


def opt_out_link(workspace_id: int, user_id: int) -> str:
    """The absolute address at which a person unsubscribes from a workspace's optional mails."""
    return OPT_OUT.url(workspace_id, user_id)


def read_opt_out(token: str) -> tuple[Workspace, User]:
    """The person and workspace of an unsubscribe link. Raises LinkError."""
    workspace_id, user_id = OPT_OUT.read(token)
    try:
        return Workspace.objects.get(pk=workspace_id), User.objects.get(pk=user_id)
    except (Workspace.DoesNotExist, User.DoesNotExist) as error:
        raise LinkError from error


def template_link(programme: Programme, kind: str, cohort: Cohort | None = None) -> str:
    """Where coordinators edit a mail template, such as training/reminder, for a programme or one of its cohorts."""
    return _template_link(programme.slug, kind, cohort.slug if cohort else "")


@lru_cache(maxsize=256)
def _template_link(programme: str, kind: str, cohort: str) -> str:
    address = reverse("cohorts:mail-template-edit", args=[programme, *kind.split("/")])
    return f"{address}?{urlencode({'cohort': cohort})}" if cohort else address
