"""A browser without scripts that asks a real server over HTTP: what the test client is inside the process.

It has cookies of its own and an address of its own, which the server believes because it is told to trust one proxy.
`visit`, `Page` and `Form` of tests.ground.pages, and the people of tests.web, take it for a test client.
"""

import ssl
from types import TracebackType
from typing import Any

import httpx

PATIENCE = httpx.Timeout(60)
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading certificates for each of many clients would take seconds


class Answer:
    """An HTTP answer with the names that tests.ground.pages asks for."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status_code = answer.status_code
        self.request = answer.request
        self.request.url = str(answer.url)  # type: ignore[assignment]  # the test client gives text
        self._text = answer.text

    def get_data(self, *, as_text: bool) -> str:
        assert as_text
        return self._text


class OverHttp:
    """One browser, seen by the server as coming from `network_address`; several threads may use it, as tabs."""

    def __init__(self, site: str, network_address: str) -> None:
        self.wire = httpx.Client(
            base_url=site, timeout=PATIENCE, verify=NO_TLS, headers={"X-Forwarded-For": network_address}
        )

    def open(self, address: str, *, method: str = "GET", follow_redirects: bool = True, **sent: Any) -> Answer:
        """Ask as Flask's test client does."""
        named = {"query_string": "params"}
        given = {named.get(name, name): value for name, value in sent.items()}
        return Answer(self.wire.request(method, address, follow_redirects=follow_redirects, **given))

    def __enter__(self) -> "OverHttp":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wire.close()
