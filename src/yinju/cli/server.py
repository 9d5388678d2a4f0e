"""The web server as `yinju serve` runs it: told to stop, it finishes what it has begun."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType

import uvicorn

REQUESTS_SECONDS = 20  # that requests under way are given to end
STOP_SECONDS = 40  # until the process ends, whatever still runs in it
HEADERS_SECONDS = (
    30  # that the next request of a connection may take to begin; uvicorn waits for one half sent for ever
)
TICKS = 10  # of a tenth of a second, between two looks at the connections


class Server(uvicorn.Server):
    """Ends with status 0 when told to stop once (SIGTERM or SIGINT), and at once when told again.

    uvicorn raises the signal anew when it has stopped, which ends a process with the status of a failure, and takes a
    second SIGTERM for the first.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._waiting: dict[object, tuple[object, float]] = {}  # connections without a request: the last, since when

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            self._hang_up()
        return await super().on_tick(counter)

    def _hang_up(self) -> None:
        """Close the connections on which nothing is answered and no request comes to the end of its headers."""
        now = time.monotonic()
        waiting: dict[object, tuple[object, float]] = {}
        for connection in list(self.server_state.connections):
            last = getattr(connection, "cycle", None)
            if last is not None and not last.response_complete:
                continue
            known, since = self._waiting.get(connection, (last, now))
            waiting[connection] = last, since if known is last else now
            transport = getattr(connection, "transport", None)
            if transport is not None and now - waiting[connection][1] > HEADERS_SECONDS:
                transport.close()
        self._waiting = waiting

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 # Python hands it to handlers
        if self.should_exit:
            os._exit(128 + sig)  # as a shell would tell it; a container's first process can't be killed from inside
        self.should_exit = True
        # A thread can't be told to end, and one that hangs would hold the process for ever. Only the system's own
        # alarm is sure to come: nothing in Python may be waited for here.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(STOP_SECONDS)


def run(host: str, port: int) -> None:
    """Serve the application, which must be importable, until told to stop. Logging stays as it is."""
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_config=None,
        access_log=False,  # the application logs requests, without their addresses
        timeout_graceful_shutdown=REQUESTS_SECONDS,
    )
    Server(config).run()
    _leave()


def _leave() -> None:
    """Wait for all threads but daemons, as Python does; end at once where a daemon is left, still opening the model.

    Python would take itself apart beneath it, and it would fail, or abort the process, in the middle of an import.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    for thread in others:
        if not thread.daemon:
            thread.join()
    if any(thread.daemon and thread.is_alive() for thread in others):
        logging.shutdown()
        os._exit(0)
