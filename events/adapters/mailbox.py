"""Reading answers out of an IMAP mailbox (RFC 3501). Nobody else opens one."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from events.itip.mail import MAX_OCTETS

TIMEOUT_SECONDS = 20
MOST_AT_ONCE = 200
_OWN_MACHINE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Delivered:
    """One unread mail; ``receipt`` names it for ever in its mailbox."""

    receipt: str
    raw: bytes
    number: bytes


class Mailbox:
    """The mailbox of an address ``imaps://user:password@host:port/FOLDER``.

    ``imap`` without TLS is for this machine only.

    Raises:
        ValueError: the address is no such one; the message never repeats the password.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("REPLY_MAILBOX_URL is not imaps://user:password@host:port/FOLDER")
        if parts.scheme == "imap" and parts.hostname not in _OWN_MACHINE:
            raise ValueError("REPLY_MAILBOX_URL: imap:// is for this machine; use imaps://")
        self._is_encrypted = parts.scheme == "imaps"
        self._host, self._port = parts.hostname, parts.port or (993 if self._is_encrypted else 143)
        self._user, self._password = unquote(parts.username), unquote(parts.password or "")
        self._folder = unquote(parts.path.lstrip("/")) or "INBOX"

    @contextmanager
    def opened(self) -> Iterator[OpenMailbox]:
        """Raises: OSError, imaplib.IMAP4.error: the server does not answer, or refuses."""
        link = self._connect()
        try:
            link.login(self._user, self._password)
            quoted = self._folder.replace("\\", "\\\\").replace('"', '\\"')
            status, _ = link.select(f'"{quoted}"')
            if status != "OK":
                raise imaplib.IMAP4.error(f"there is no folder {self._folder!r}")
            yield OpenMailbox(link)
        finally:
            link.logout()

    def _connect(self) -> imaplib.IMAP4:
        if self._is_encrypted:
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(
                self._host, self._port, ssl_context=context, timeout=TIMEOUT_SECONDS
            )
        return imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT_SECONDS)


class OpenMailbox:
    """An open connection with its folder selected."""

    def __init__(self, link: imaplib.IMAP4) -> None:
        self._link = link
        validity = link.response("UIDVALIDITY")[1]
        self._validity = validity[0].decode() if validity and validity[0] else "0"

    def unread(self) -> Iterator[Delivered]:
        """Unread mails in their order, at most 200. Too large ones come cut off, and unreadable."""
        _, found = self._link.uid("SEARCH", "UNSEEN")
        for number in found[0].split()[:MOST_AT_ONCE] if found and found[0] else []:
            wanted = f"(BODY.PEEK[]<0.{MAX_OCTETS + 1}>)"
            _, answer = self._link.uid("FETCH", number.decode(), wanted)
            raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
            if raw is not None:
                yield Delivered(f"imap:{self._validity}:{number.decode()}", raw, number)

    def mark_read(self, mail: Delivered) -> None:
        self._link.uid("STORE", mail.number.decode(), "+FLAGS.SILENT", "(\\Seen)")
