"""Tests talk to this machine only, and never to a mail server that could really send."""

import socket
from typing import Any

import pytest

MAIL_PORTS = {25, 465, 587}
THIS_MACHINE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "", None}  # noqa: S104 - compared, never bound


class TalkedToStrangers(AssertionError):
    """A test tried to reach another machine, or a real mail server."""


def forbid_strangers(patch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and every name that leads away from this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    def checked_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            raise TalkedToStrangers(f"a test asked for the address of {host!r}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", checked_connect)
    patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
    patch.setattr(socket, "getaddrinfo", checked_look_up)


def _check(connection: socket.socket, address: Any) -> None:
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host, port = address[:2]
    if not _is_here(host) or port in MAIL_PORTS:
        connection.close()
        raise TalkedToStrangers(f"a test connected to {host}:{port}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    return name in THIS_MACHINE or name.startswith("127.")
