"""Opens the library beside the server, so that the process is alive at once and says what it waits for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

from api.kinds import NOT_READY
from api.problems import ProblemError
from yinju.errors import YinjuError
from yinju.library import Library
from yinju.settings import Settings

log = logging.getLogger("yinju.api")

OPENING = "The model and the index are being opened. Ask again in a few seconds."
RETRY_SECONDS = 5.0
CRASHED = "Opening the model or the index failed unexpectedly. Read the log of the service, then start it again."


class Readiness:
    """The library, or why there is none yet. One opened here works off its jobs, too.

    observe: hears how many seconds each stage of a job took.
    """

    def __init__(self, library: Library | None, observe: Callable[[str, float], None]) -> None:
        self._library = library
        self._observe = observe
        self._owned = False
        self._thread: threading.Thread | None = None
        self._failure = OPENING
        self._closing = threading.Event()
        self._lock = threading.Lock()

    def open(self, settings: Settings) -> None:
        """Start opening, unless a library was given. Returns at once."""
        if self._library is None:
            # A daemon, so that a server told to stop need not wait for a model that is being built.
            self._thread = threading.Thread(target=self._open, args=(settings,), name="open-library", daemon=True)
            self._thread.start()

    def _open(self, settings: Settings) -> None:
        """Until it opens: a full disk, another index folder or a repaired one need no restart."""
        try:
            while not self._try(settings) and not self._closing.wait(RETRY_SECONDS):
                pass
        finally:  # read only where something unforeseen was raised; the log has its traceback
            if self._failure == OPENING:
                self._failure = CRASHED

    def _try(self, settings: Settings) -> bool:
        try:
            library = Library.open(settings)
            with ExitStack() as unless_ready:
                unless_ready.callback(library.close)
                library.warm_up()
                unless_ready.pop_all()
        except (YinjuError, OSError) as error:
            if str(error) != self._failure:
                log.error("Not ready: %s", error)
            self._failure = str(error)
            return False
        with self._lock:
            if self._closing.is_set():
                library.close()
            else:
                library.start_jobs(self._observe)
                self._owned, self._library = True, library
        return True

    def close(self) -> None:
        """Close the library, if it was opened here."""
        self._closing.set()
        with self._lock:
            if self._library is not None and self._owned:
                self._library.close()

    def library(self) -> Library:
        """Raises ProblemError (503, with the reason) while there is none."""
        library = self._library
        if library is None:
            raise ProblemError(NOT_READY, self._failure)
        return library
