"""Progress as server-sent events: a line whenever something has changed, until there is nothing more to tell."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

_LOOK_EVERY_S = 0.5
_PING_EVERY_S = 15.0
_LONGEST_S = 3600.0


def event_stream(look: Callable[[], tuple[Any, bool]]) -> StreamingResponse:
    """Return a stream of `progress` events, closed with an `end` event.

    Parameters
    ----------
    look
        Returns what there is to tell, and whether more may follow. Called in a thread, twice a second.
    """

    async def lines() -> AsyncIterator[str]:
        told, told_at = "", time.monotonic()
        began = told_at
        more = True
        while more and time.monotonic() - began < _LONGEST_S:
            state, more = await run_in_threadpool(look)
            text = json.dumps(state)
            if text != told:
                told, told_at = text, time.monotonic()
                yield f"event: progress\ndata: {text}\n\n"
            elif time.monotonic() - told_at > _PING_EVERY_S:
                told_at = time.monotonic()
                yield ": still here\n\n"
            if more:
                await anyio.sleep(_LOOK_EVERY_S)
        yield "event: end\ndata: {}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
