"""Views of lists under a name: the filters, the order and the columns of an address, for whoever keeps them."""

from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.http import HttpRequest

from mentorship.core.accounts.models import SavedView, User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# More than these are no help to find one.
MOST_VIEWS = 12
# Of one visit, not of a view.
PASSING = ("page", "format", "as")


@dataclass(frozen=True)
class ViewsOfList:
    """The views that the reader keeps of the list on this page. Asks the database only where a list shows them."""

    user: User
    list_name: str
    path: str
    query: str

    @cached_property
    def rows(self) -> list[SavedView]:
        return list(SavedView.objects.filter(user=self.user, list_name=self.list_name)[:MOST_VIEWS])

    @property
    def current(self) -> SavedView | None:
        """The view that the page shows now."""
        return next((view for view in self.rows if view.query == self.query), None)


def views_of_list(request: HttpRequest, user: User, list_name: str) -> ViewsOfList:
    """The views of the list that a request shows."""
    query = request.GET.copy()
    for name in PASSING:
        query.pop(name, None)
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    return ViewsOfList(user, list_name, request.path, query.urlencode())


@transaction.atomic
def save_view(*, user: User, list_name: str, name: str, query: str) -> SavedView:
    """Keep a view; one of the same name is replaced. Raises ServiceError if it has no name, or there are too many."""
    name = " ".join(name.split())[:60]
    if not name:
        raise ServiceError("Enter a name for the view.")
    if not query or len(query) > 1000:
        raise ServiceError("Choose some filters first. The view saves them.")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    mine = SavedView.objects.filter(user=user, list_name=list_name)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_VIEWS:
        raise ServiceError(f"A list can have at most {MOST_VIEWS} views. Delete one first.")
    view, new = SavedView.objects.update_or_create(user=user, list_name=list_name, name=name, defaults={"query": query})
    record(verb=Verb.ADDED if new else Verb.CHANGED, target=view, workspace_id=None, by=user)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Delete a view of one's own. The list stays."""
    record(verb=Verb.DELETED, target=view, workspace_id=None, by=by)
    view.delete()
