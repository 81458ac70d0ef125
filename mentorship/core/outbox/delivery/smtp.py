"""Talk to a mail server step by step: smtplib's own `sendmail` hides whether the end of a mail was sent.

Before that point nothing has gone out, and the message can simply be tried again. After it, silence means an unknown
outcome. While the server works there is time to prepare the next mail, and to announce it before the last one is
marked.
"""

import smtplib
import time
from collections.abc import Callable

END = b".\r\n"
SMTPUTF8 = " SMTPUTF8 BODY=8BITMIME"  # RFC 6531


class NotSentError(ConnectionError):
    """The session broke before the end of the mail was sent: it has certainly not gone out."""


class TooLateError(NotSentError):
    """The dialogue took longer than allowed: the end of the mail was not sent, so it has not gone out."""


def begin(smtp: smtplib.SMTP, sender: str, options: str = "") -> None:
    """Announce the sender of the next mail without waiting for the answer. Harmless if no mail follows."""
    if getattr(smtp, "begun_by", None) is None and smtp.sock is not None:
        try:
            smtp.putcmd(f"MAIL FROM:<{sender}>{options}")
        except (OSError, smtplib.SMTPException):
            smtp.close()  # the next mail opens another session
        else:
            smtp.begun_by = sender  # type: ignore[attr-defined]


def send(
    smtp: smtplib.SMTP,
    sender: str,
    to: list[str],
    letter: bytes,
    meanwhile: Callable[[], None],
    until: float = float("inf"),
) -> dict[str, tuple[int, bytes]]:
    """Send a mail with CRLF line ends; returns the refused recipients if the server took the mail for others.

    `meanwhile` is called once the whole mail is on its way. After `until`, in seconds since 1970, the end of the mail
    is not sent any more. Raises what smtplib.sendmail does, and NotSentError.
    """
    try:
        refused = _up_to_the_data(smtp, sender, to)
        if time.time() > until:
            raise TooLateError("the mail server, or this process, took too long")
        smtp.send(_stuffed(letter) + END)  # in one write: if it breaks off, the end has not been sent
    except TooLateError:
        smtp.close()
        raise
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
            raise  # an answer, not silence; smtplib calls those OSError, too
        smtp.close()
        raise NotSentError(str(error) or type(error).__name__) from error
    meanwhile()
    code, words = _last_answer(smtp)
    if code >= 400:
        _start_over(smtp, code)
        raise smtplib.SMTPDataError(code, words)
    smtp.has_served = True  # type: ignore[attr-defined]
    return refused


def has_served(smtp: smtplib.SMTP | None) -> bool:
    """Whether the session has already sent a mail, so that the server may close it."""
    return getattr(smtp, "has_served", False)


def _last_answer(smtp: smtplib.SMTP) -> tuple[int, bytes]:
    """The answer to the whole mail. Raises SMTPServerDisconnected if it is unclear: the outcome is unknown."""
    try:
        code, words = smtp.getreply()
    except smtplib.SMTPResponseException as error:
        raise smtplib.SMTPServerDisconnected("an answer that is far too long") from error
    if code == 221 or code // 100 not in (2, 4, 5):
        smtp.close()
        raise smtplib.SMTPServerDisconnected(f"an answer that means nothing: {words!r}")
    return code, words


def _up_to_the_data(smtp: smtplib.SMTP, sender: str, to: list[str]) -> dict[str, tuple[int, bytes]]:
    smtp.ehlo_or_helo_if_needed()
    any_letters = not all(address.isascii() for address in to)
    if any_letters and getattr(smtp, "begun_by", None) is not None:
        code, _ = smtp.getreply()
        _start_over(smtp, code)  # it was announced as a mail with plain addresses
    if getattr(smtp, "begun_by", None) != sender:
        begin(smtp, sender, SMTPUTF8 if any_letters else "")
    smtp.begun_by = None  # type: ignore[attr-defined]
    code, words = smtp.getreply()
    if code != 250:
        _start_over(smtp, code)
        raise smtplib.SMTPSenderRefused(code, words, sender)
    refused = {}
    smtp.command_encoding = "utf-8"  # of a plain address the same
    for address in to:
        code, words = smtp.docmd(f"RCPT TO:<{address}>")
        if code not in (250, 251):
            refused[address] = (code, words)
        if code == 421:
            break
    if len(refused) == len(to) or code == 421:
        _start_over(smtp, code)
        raise smtplib.SMTPRecipientsRefused(refused)
    code, words = smtp.docmd("DATA")
    if code != 354:
        _start_over(smtp, code)
        raise smtplib.SMTPDataError(code, words)
    return refused


def _start_over(smtp: smtplib.SMTP, code: int) -> None:
    """Reset the session after a refusal; a server that says 421 closes it itself."""
    smtp.begun_by = None  # type: ignore[attr-defined]
    if code == 421:
        smtp.close()
        return
    try:
        smtp.rset()
    except (OSError, smtplib.SMTPException):
        smtp.close()


def _stuffed(letter: bytes) -> bytes:
    """RFC 5321: double a dot at the beginning of a line, so that no line ends the mail."""
    stuffed = letter.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
