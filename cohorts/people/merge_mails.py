"""Mails to both sides of a merge. They never name the other address, which may be a stranger's."""

from cohorts.models import Programme
from cohorts.people.links import AGREE_WITHIN, MERGE_AGREE, MERGE_ALLOW
from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.outbox.recipients import Recipient
from mentorship.core.outbox.send_mail import send_mail


def ask_before_merge(*, programme: Programme, keep: User, other: User, by: User) -> None:
    """Ask somebody who uses their account whether it may be merged into another. One mail for each pair."""
    link = MERGE_ALLOW.url(programme.pk, keep.pk, other.pk, by.pk)
    _send("merge_asked", programme, other, [other], key=f"merge-asked:{keep.pk}:{other.pk}", link=link)


def tell_of_merge(*, programme: Programme, merge: PersonMerge, address: str) -> None:
    """Tell both sides. The kept person gets the link that makes the other address sign them in."""
    kept = merge.kept
    _send("merged_kept", programme, kept, [kept], key=f"merged-kept:{merge.pk}", link=MERGE_AGREE.url(merge.pk))
    # The account of this address is closed, so the mail goes to the address itself.
    _send("merged_other", programme, kept, [address], key=f"merged-other:{merge.pk}")


def tell_of_undone_merge(*, programme: Programme, merge: PersonMerge) -> None:
    """Tell both people that they have separate accounts again."""
    merge.merged.refresh_from_db()
    for person in (merge.kept, merge.merged):
        _send("merge_undone", programme, person, [person], key=f"merge-undone:{merge.pk}:{person.pk}")


def _send(mail: str, programme: Programme, person: User, to: list[Recipient], *, key: str, link: str = "") -> None:
    context = {"person": person, "programme": programme, "link": link, "days": AGREE_WITHIN.days}
    send_mail(
        f"cohorts/{mail}",
        context,
        sender=programme.sender,
        key=key,
        why="Two accounts that may be one person’s.",
        to=to,
        kind="account",
        private=bool(link),
    )
