"""The web server as `yinju serve` runs it: told to stop, it finishes what it has begun."""

from __future__ import annotations

import os
import signal
from types import FrameType

import uvicorn

REQUESTS_SECONDS = 20  # that requests under way are given to end
STOP_SECONDS = 40  # until the process ends, whatever still runs in it


class Server(uvicorn.Server):
    """Ends with status 0 when told to stop once (SIGTERM or SIGINT), and at once when told again.

    uvicorn raises the signal anew when it has stopped, which ends a process with the status of a failure, and takes a
    second SIGTERM for the first.
    """

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
