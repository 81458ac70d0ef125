"""Base views: look up the subject of a page, show it, save its form."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from mentorship.core.accounts.field_access import Audience, Reader, may_read, reader_in
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, may_edit
from mentorship.core.accounts.sign_in.reauthentication import require_recent_sign_in
from mentorship.core.errors import ServiceError
from mentorship.core.languages.current import reader_language, speak
from mentorship.core.languages.known import LANGUAGES, Language
from mentorship.core.links import TOKEN, LinkError, LinkStoppedError

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
Q = TypeVar("Q", bound=QuerySet[Any])


# The field that a confirmation page adds to the original form: its name, and the value of each button.
CONFIRMED, YES, OTHER_WAY = "confirmed", "yes", "other"


@dataclass(frozen=True)
class Question:
    """A question asked before something irreversible or a mail to several people: the consequences, in sentences.

    `button` answers with YES; `other`, for an alternative, with OTHER_WAY.
    """

    title: str
    button: str
    text: Sequence[str]
    back: str
    other: str = ""
    danger: bool = False


@dataclass(frozen=True)
class Ask:
    """The question of one button in the words of its page: the loss, and the people told."""

    title: str
    button: str
    text: str = ""
    danger: bool = True

    def question(self, back: str) -> Question:
        return Question(self.title, self.button, [self.text] if self.text else [], back, danger=self.danger)


class AsksFirst(View):
    """A page that asks before doing something irreversible, on a page of its own that works without scripts.

    `asks` maps what a button sends to its question: its name, `name=value`, or "" for every POST.
    """

    asks: ClassVar[Mapping[str, Ask]] = {}

    def ask_first(self) -> Question | None:
        """The question to ask before `post` runs, with numbers; None if it can be undone and mails nobody else.

        The question has its own page, which sends the same form again with CONFIRMED. Nothing has happened until then.
        """
        sent = self.request.POST
        for button, ask in self.asks.items():
            name, _, value = button.partition("=")
            if not name or (sent.get(name) == value if value else name in sent):
                return ask.question(self._came_from())
        return None

    def _came_from(self) -> str:
        """The page with the button."""
        if TOKEN.search(self.request.path):  # its pages send no referrer
            return self.request.path
        referer = self.request.META.get("HTTP_REFERER", "")
        ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={self.request.get_host()})
        return referer if referer and ours else self.request.path

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and CONFIRMED not in request.POST and (question := self.ask_first()):
            return self._question_page(request, question)
        return super().dispatch(request, *args, **kwargs)

    def _question_page(self, request: HttpRequest, question: Question) -> HttpResponse:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        kept = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
        return render(request, "layouts/question.html", {"question": question, "kept": kept, "confirmed": CONFIRMED})


class LookupView(AsksFirst, ABC):
    """A page about an object that is looked up before the handler runs.

    `look_up` takes what it needs of the address; the handlers `get` and `post` get all of it as `self.kwargs`. A link
    that can't be read is answered with the page `bad_link_template` and status 404, one that was stopped with 410.
    """

    # Changing rights and people asks for the sign-in once more, if it was a while ago. So does downloading a list or a
    # file, see `FilesMiddleware`.
    needs_recent_sign_in = False
    # A translated page, with its messages and errors, is in a language of its reader; every other page is in English.
    is_translated = False
    template_name = ""
    bad_link_template = "links/bad_link.html"

    @abstractmethod
    def look_up(self) -> None:
        """Set the subject of the page. Raises Http404 or LinkError."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_translated:
            return self._respond(request)
        self._speak(LANGUAGES)
        response = self._respond(request)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        try:
            self.look_up()
        except LinkStoppedError:
            return render(request, "links/stopped.html", status=410)
        except LinkError:
            return render(request, self.bad_link_template, status=404)
        if self.is_translated:
            self._speak(self.page_languages(), self.languages_said())
        if self.needs_recent_sign_in and request.method == "POST" and request.user.is_authenticated:
            require_recent_sign_in(request)
        return super().dispatch(request)

    def _speak(self, offered: Sequence[Language], said: Sequence[str] = ()) -> None:
        self.request.page_languages = offered  # type: ignore[attr-defined]
        speak(reader_language(self.request, offered, said))

    def page_languages(self) -> Sequence[Language]:
        """The languages of a translated page, after look_up; the first is for readers who want none of them."""
        return LANGUAGES

    def languages_said(self) -> Sequence[str]:
        """Codes of languages that its reader is known to want, after look_up; "" counts for nothing."""
        return ()

    def finish_form(self, form: BaseForm) -> BaseForm:
        """The form, with wording adapted to the subject of the page."""
        return form

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do on the page of a link, after look_up."""
        return True

    @property
    def user(self) -> User:
        """The signed-in person, on pages that require one."""
        return cast(User, self.request.user)

    def get_context(self) -> dict[str, Any]:
        """The usual context of the page, whichever form is on it."""
        return {}

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        """The page with its usual context and these values."""
        return render(self.request, self.template_name, {**self.get_context(), **context}, status=status)


class WorkspaceView(CoordinatorRequiredMixin, LookupView):
    """A coordinators' page about something in a workspace.

    Everybody with a role may read it, unless it is `for_editors`; coordinators and owners may change things.
    """

    for_editors = False

    @property
    @abstractmethod
    def workspace_id(self) -> int:
        """The workspace of the page's subject."""

    def allowed(self, rows: Q) -> Q:
        """The rows that this request may concern: visible ones to read, editable ones to change."""
        return rows.editable_by(self.user) if self._is_editing else rows.visible_to(self.user)  # type: ignore[attr-defined]

    @cached_property
    def may_edit(self) -> bool:
        """Whether the reader may change things here."""
        return self._is_editing or may_edit(self.user, self.workspace_id)

    @cached_property
    def reader(self) -> Reader | None:
        """The kind of reader that the user is here."""
        return reader_in(self.user, self.workspace_id)

    def reads(self, audience: str) -> bool:
        """Whether the user may read answers for an audience."""
        return may_read(self.reader, audience)

    @property
    def _is_editing(self) -> bool:
        return self.for_editors or self.request.method not in SAFE_METHODS

    def get_context(self) -> dict[str, Any]:
        # Lazy: pages that don't ask cost no query.
        return {
            "may_edit": SimpleLazyObject(lambda: self.may_edit),
            "reads_confidential": SimpleLazyObject(lambda: self.reads(Audience.COORDINATORS)),
        }


class FormPage(LookupView):
    """A page with one form: GET shows it, POST saves it or shows it again with errors (status 422).

    A ServiceError from `save` is shown at `error_field`, or above the form.
    """

    error_field: str | None = None

    @abstractmethod
    def get_form(self, *data: Any) -> BaseForm:
        """The form; `data` is empty, or holds the submitted data and files, to be passed on."""

    @abstractmethod
    def save(self, form: Any) -> HttpResponse:
        """Save a valid form by calling a service, and return the response."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self.finish_form(self.get_form()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.finish_form(self.get_form(request.POST, request.FILES))
        if form.is_valid():
            try:
                return self.save(form)
            except ServiceError as error:
                form.add_error(self.error_field, str(error))
        return self.page(status=422, form=form)


@contextmanager
def errors_as_messages(request: HttpRequest) -> Iterator[None]:
    """Turn a ServiceError inside the block into a message; the rest of the block is skipped."""
    try:
        yield
    except ServiceError as error:
        messages.error(request, str(error))
