"""Personal-data rules: which rows are about somebody, and how they are erased on request.

Each app has the rules of its models in `personal_data.py` and provides them in its AppConfig:

    "app.model": PersonalDataRule("Title in the export", whose=("path__to__user",), erase=DELETE),

A test fails until every column that can hold something about people is listed: those that point to them, addresses,
texts, files, lists. `docs/privacy.md` and the privacy notice are made of these rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mentorship.core.extensions import ExtensionPoint

DELETE, BLANK, KEEP = "removed", "anonymised", "kept"
# The author of a text: the person the row is about; the programme, for them to read; its team, about them.
THEMSELVES, PROGRAMME, TEAM = "themselves", "the programme", "its team"
# The name and address of an erased person.
ERASED = "(erased)"
NO_ADDRESS = "erased-{}@erased.invalid"


@dataclass(frozen=True)
class PersonalDataRule:
    """The personal data in one model.

    Rows are about a person by `whose` (lookups that end at a user) or `addresses` (at an e-mail address).

    `actors`: foreign keys to users that only say who did a thing: such a row is not about them. `written_by`: of these,
    the ones by which somebody wrote words that belong into an export of theirs, too. `words`: each text → who wrote it:
    THEMSELVES, PROGRAMME, TEAM, a lookup that ends at a user, or a function that says one of these of a row. A copy of
    one's data holds what one wrote oneself and what was written for one to read: the pages on which others wrote the
    rest say that they don't read it. `author`: a lookup that ends at a user; only this person's copy has the row,
    because all it tells is what they said to the coordinators. `blank`: column → what it becomes (a function gets the
    row); `stays`: texts of the row that tell of nobody. `held_back`: columns that are not handed out, because they are
    secrets or tell of somebody else. `withheld`: rows that are not handed out at all, as a filter: a concern tells of
    those who raised it. `why`: what stays and for which reason, for the person who asked. `organisations`: columns with
    addresses of organisations, which are for these to change. `books`: why rows are never changed, whoever asks.
    `mentions`: texts not about one person that may name some, by a word or a number. Every erasure searches its texts.
    `impersonal`: names of things, settings, and words for everybody; `technical`: keys and states that the software
    needs. Nothing about a person belongs there.
    """

    title: str = ""
    whose: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    written_by: tuple[str, ...] = ()
    words: Mapping[str, str | Callable[[Any], str]] = field(default_factory=dict)
    author: str = ""
    erase: str = KEEP
    blank: Mapping[str, Any | Callable[[Any], Any]] = field(default_factory=dict)
    stays: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    withheld: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    organisations: tuple[str, ...] = ()
    books: str = ""
    mentions: tuple[str, ...] = ()
    impersonal: tuple[str, ...] = ()
    technical: tuple[str, ...] = ()

    @property
    def is_about_people(self) -> bool:
        return bool(self.whose or self.addresses)

    @property
    def listed(self) -> set[str]:
        """Every column that the rule mentions."""
        paths = (path.split("__")[0] for path in (*self.whose, *self.addresses))
        texts = (*self.words, *self.blank, *self.stays, *self.held_back, *self.mentions, *self.organisations)
        return {*paths, *self.actors, *texts, *self.impersonal, *self.technical}


PERSONAL_DATA: ExtensionPoint[Mapping[str, PersonalDataRule]] = ExtensionPoint(
    "rules of personal data",
    asked_by="mentorship.operations.persons",
    about="The models of an app that hold something about people, each by its label with its rule.",
)
