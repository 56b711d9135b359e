"""Real servers on loopback that letters are sent to: SMTP, and the HTTP gateway for text messages."""

import asyncio
import datetime as dt
import ipaddress
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ground.server import free_port

OK = "250 2.0.0 taken"


@dataclass
class MailSink:
    """An SMTP server that answers as laid out in advance to each command; "hang" and "drop" are no answers.

    `kept` holds what it took responsibility for, also where its answer got lost ("keep and drop").
    """

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    rset: list[str] = field(default_factory=list)
    connections: int = 0
    kept: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    address: str = ""

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _answered(server, self.rcpt)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        keeps = not self.data or self.data[0] == "keep and drop"
        if keeps:
            self.kept.append(message_from_bytes(envelope.original_content, policy=default))
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(session.ssl is not None)
        return await _answered(server, self.data)

    async def handle_EHLO(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += not server.transport.get_extra_info("sslcontext")  # else it is the same, encrypted now
        session.host_name = hostname
        return responses

    async def handle_RSET(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - likewise
        return await _answered(server, self.rset)

    def authenticate(self, *asked: Any) -> AuthResult:
        """Let in whoever knows the word."""
        *_, login = asked
        self.logins.append(login.login.decode())
        return AuthResult(success=login.password == b"open sesame", handled=False)


async def _answered(server: SMTP, answers: list[str]) -> str:
    answer = answers.pop(0) if answers else OK
    if answer == "hang":
        await asyncio.sleep(2)
    if answer in {"drop", "keep and drop"}:
        server.transport.abort()
    return answer


@contextmanager
def mail_sink(*, login: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[MailSink]:
    """An SMTP server, asking for a login or offering STARTTLS where wanted."""
    sink = MailSink()
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=sink.authenticate if login else None,
        auth_required=login,
        auth_require_tls=False,
        tls_context=tls,
    )
    controller.start()
    sink.address = f"127.0.0.1:{controller.port}"
    try:
        yield sink
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that signs itself: the file to trust, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today)
        .not_valid_after(today + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


@dataclass
class Posted:
    """One request that the gateway got."""

    path: str
    headers: dict[str, str]
    content: dict[str, str]


@dataclass
class TextSink:
    """An HTTP gateway that answers with the statuses laid out in advance; 0 is no answer at all, -1 a late one."""

    statuses: list[int] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    address: str = ""


@contextmanager
def text_sink() -> Iterator[TextSink]:
    """An HTTP gateway for text messages."""
    sink = TextSink()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(sink))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    sink.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_for(sink: TextSink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sink.posted.append(Posted(self.path, dict(self.headers), content))
            _answer(self, sink.statuses.pop(0) if sink.statuses else 200)

        log_message: Callable[..., None] = lambda *_: None

    return Handler


def _answer(handler: BaseHTTPRequestHandler, status: int) -> None:
    if status == 0:
        handler.connection.close()
        handler.close_connection = True
        return
    if status == -1:
        time.sleep(1)
        status = 200
    handler.send_response(status)
    handler.send_header("Location", "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
