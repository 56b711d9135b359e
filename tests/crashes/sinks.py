"""Where letters and text messages arrive, and how often each did."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from tests.notices.outbox import settings
from tests.notices.sinks import MailSink, TextSink, mail_sink, text_sink
from tourbook.db import db
from tourbook.notices import Notice

Mark = tuple[int, int]


@dataclass
class Sinks:
    """A mail server and a text gateway on loopback."""

    mail: MailSink
    texts: TextSink

    def mark(self) -> Mark:
        """How much has arrived."""
        return len(self.mail.kept), len(self.texts.posted)

    def back_to(self, mark: Mark) -> None:
        """As if what came after the mark had not arrived."""
        del self.mail.kept[mark[0] :], self.texts.posted[mark[1] :]

    def faults(self, *, crashes: int) -> Iterator[str]:
        """Each notice arrived, under its own id; no more were repeated than crashes can explain."""
        came = Counter([one["Message-ID"] for one in self.mail.kept])
        came += Counter(f"<{one.headers['Idempotency-Key']}@tourbook>" for one in self.texts.posted)
        wanted = {notice.message_id for notice in db.session.scalars(select(Notice))}
        for missing in wanted - set(came):
            yield f"{missing} never arrived"
        for stranger in set(came) - wanted:
            yield f"{stranger} arrived, and no notice is called so"
        if came.total() - len(came) > crashes:
            yield f"{came.total() - len(came)} arrived again after {crashes} crashes"


@contextmanager
def sinks(app: Flask) -> Iterator[Sinks]:
    """Let the application send there."""
    with mail_sink() as mail, text_sink() as texts:
        sent_there = {
            "mail_server": mail.address,
            "mail_from": "tours@example.kr",
            "mail_tls": False,
            "sms_url": texts.address,
        }
        with settings(app, **sent_there):
            yield Sinks(mail, texts)
