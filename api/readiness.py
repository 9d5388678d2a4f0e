"""Opens the library beside the server, so that the process is alive at once and says what it waits for."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack

from api.kinds import NOT_READY
from api.problems import ProblemError
from yinju.errors import YinjuError
from yinju.library import Library
from yinju.settings import Settings

log = logging.getLogger("yinju.api")

OPENING = "The model and the index are being opened. Ask again in a few seconds."
CRASHED = "Opening the model or the index failed unexpectedly. Read the log of the service, then start it again."


class Readiness:
    """The library, or why there is none yet."""

    def __init__(self, library: Library | None) -> None:
        self._library = library
        self._owned = False
        self._thread: threading.Thread | None = None
        self._failure = OPENING

    def open(self, settings: Settings) -> None:
        """Start opening, unless a library was given. Returns at once."""
        if self._library is None:
            # A daemon, so that a server told to stop need not wait for a model that is being built.
            self._thread = threading.Thread(target=self._open, args=(settings,), name="open-library", daemon=True)
            self._thread.start()

    def _open(self, settings: Settings) -> None:
        # Stands when something unforeseen is raised below; Python then prints the thread's traceback.
        self._failure = CRASHED
        try:
            library = Library.open(settings)
            with ExitStack() as unless_ready:
                unless_ready.callback(library.close)
                library.warm_up()
                unless_ready.pop_all()
        except YinjuError as error:
            self._failure = str(error)
            log.error("Not ready: %s", error)
        else:
            self._owned = True
            self._library = library

    def close(self) -> None:
        """Close the library, if it was opened here."""
        if self._library is not None and self._owned:
            self._library.close()

    def library(self) -> Library:
        """Raises ProblemError (503, with the reason) while there is none."""
        opening = self._thread is not None and self._thread.is_alive()  # asked first: what a dead thread left is final
        if self._library is None:
            raise ProblemError(NOT_READY, OPENING if opening else self._failure)
        return self._library
