"""A mail server that takes everything and writes down what it took, before it says so. A process of its own."""

import re
import sys
import threading
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.chaos.journal import Journal

LINK = re.compile(r"https?://\S+/a/\S+")


class Sink:
    """Keeps of each mail its Message-ID, whom it went to, and the link in it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        body = message.get_body(("plain",))
        links = LINK.findall(body.get_content()) if body else []
        self._journal.write(
            "mail", id=message["Message-ID"], to=envelope.rcpt_tos, subject=message["Subject"], link=(links or [""])[0]
        )
        return "250 2.0.0 taken"


def main() -> None:
    """Take mails on a port until the process is ended."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    controller = Controller(Sink(Journal(path)), hostname="127.0.0.1", port=port)
    controller.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
