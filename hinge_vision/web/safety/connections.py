"""Connections rationed by address, so that a client that opens many, or opens them and says nothing, locks nobody out."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_PER_CLIENT = 64
FIRST_REQUEST_S = 15.0


class RationedProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, with a cap on the connections of one address and on the time until a request's head is there."""

    open_by_client: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it when its address has too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else "local"
        self.open_by_client[self._address] += 1
        self._head_due: asyncio.TimerHandle | None = self.loop.call_later(FIRST_REQUEST_S, self._head_is_late)
        if self.open_by_client[self._address] > MAX_PER_CLIENT:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count a connection out."""
        self.open_by_client[self._address] -= 1
        if self.open_by_client[self._address] <= 0:
            del self.open_by_client[self._address]
        self._cancel_head_due()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Go on with what came in."""
        super().handle_events()
        if self.cycle is not None:
            self._cancel_head_due()

    def _head_is_late(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()

    def _cancel_head_due(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
