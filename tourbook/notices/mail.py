"""Letters by mail, over SMTP."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from config import Config
from tourbook.notices.calendar import FILE_NAME
from tourbook.notices.letters import Letter
from tourbook.notices.senders import TIMEOUT_SECONDS, Interrupted, NotSent, Sender, Undeliverable, Unreachable
from tourbook.notices.wording import SITE

SUBMISSION_PORT = 587
FIRST_LASTING_CODE = 500
READY = 250
_ENHANCED_CODE = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


@contextmanager
def mailing(config: Config) -> Iterator[Sender]:
    """Send mails over one connection: made for the first of them, and anew where the server has closed it meanwhile."""
    line = _Line(config)
    try:
        yield line.send
    finally:
        line.hang_up()


class _Line:
    """A connection to the SMTP server, or none yet."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand the letter to the server; raises NotSent or what is derived from it.

        What the server has against the recipient or the content in words of 5xx is final. What it has against us (the
        login, the sender) can be put right and is tried again.
        """
        message = message_of(letter, self._config)
        server = self._ready()
        try:
            server.send_message(message, from_addr=self._config.mail_from, to_addrs=[letter.contact])
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _refused(*next(iter(refusal.recipients.values()))) from None  # its text repeats the address
        except smtplib.SMTPDataError as refusal:
            raise _refused(refusal.smtp_code, refusal.smtp_error) from None  # likewise
        except smtplib.SMTPNotSupportedError:
            raise Undeliverable("SMTP server without SMTPUTF8") from None  # likewise
        except smtplib.SMTPSenderRefused as refusal:
            raise _unreachable(refusal) from refusal
        except (smtplib.SMTPException, OSError) as failure:
            raise Interrupted(f"SMTP {type(failure).__name__}") from failure

    def _ready(self) -> smtplib.SMTP:
        if self._server is not None and not _still_listens(self._server):
            self._server.close()
            self._server = None
        if self._server is None:
            self._server = _connected(self._config)
        return self._server

    def hang_up(self) -> None:
        """End the connection. All letters were taken or refused by now: a rude goodbye changes nothing."""
        if self._server is not None:
            with closing(self._server), suppress(smtplib.SMTPException, OSError):
                self._server.quit()


def _still_listens(server: smtplib.SMTP) -> bool:
    """Asked before a further letter, so that a server which is tired of this connection costs no letter a try."""
    try:
        return server.rset()[0] == READY
    except (smtplib.SMTPException, OSError):
        return False


def message_of(letter: Letter, config: Config) -> EmailMessage:
    """The letter as a mail. Every header is built from parts that cannot break out of it; raises Undeliverable."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(SITE[letter.language], addr_spec=config.mail_from)
    message["To"] = _recipient(letter.contact)
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Date"] = letter.written_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, cte="base64")
    message["Content-Language"] = letter.language
    if letter.calendar:
        message.add_attachment(letter.calendar, subtype="calendar", filename=FILE_NAME, cte="base64")
    return message


def _recipient(contact: str) -> Address:
    """Exactly one address, or nothing: no list, no name, no further header."""
    try:
        return Address(addr_spec=contact)
    except (ValueError, IndexError, HeaderParseError):
        raise Undeliverable("not a mail address") from None  # its text repeats the contact


def _connected(config: Config) -> smtplib.SMTP:
    """A connection that is ready to take letters; raises Unreachable where there is none."""
    address = urlsplit(f"//{config.mail_server}")
    greeting = config.mail_from.rpartition("@")[2]
    with _failing_for_all():
        server = smtplib.SMTP(
            address.hostname or "", address.port or SUBMISSION_PORT, local_hostname=greeting, timeout=TIMEOUT_SECONDS
        )
        try:
            _introduce(server, config)
        except BaseException:
            server.close()
            raise
    return server


def _introduce(server: smtplib.SMTP, config: Config) -> None:
    if config.mail_tls:
        server.starttls(context=ssl.create_default_context())
    if config.mail_login:
        user, _, password = config.mail_login.partition(":")
        server.login(user, password)


@contextmanager
def _failing_for_all() -> Iterator[None]:
    """Whatever fails before a letter is named is not the letter's fault."""
    try:
        yield
    except (smtplib.SMTPException, OSError) as failure:
        raise _unreachable(failure) from failure


def _unreachable(failure: Exception) -> Unreachable:
    if isinstance(failure, smtplib.SMTPResponseException):
        return Unreachable(_reason(failure.smtp_code, failure.smtp_error))
    return Unreachable(f"SMTP {type(failure).__name__}")


def _refused(code: int, text: bytes | str) -> NotSent:
    kind = Undeliverable if code >= FIRST_LASTING_CODE else NotSent
    return kind(_reason(code, text))


def _reason(code: int, text: bytes | str) -> str:
    """`SMTP 550 5.1.1`: the reply's code with the enhanced one (RFC 3463) where the server gives it."""
    found = _ENHANCED_CODE.search(text.encode() if isinstance(text, str) else text)
    return f"SMTP {code} {found.group().decode()}" if found else f"SMTP {code}"
