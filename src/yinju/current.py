"""The indexes that answer now, and how newer ones take their place: readers never wait for it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from threading import Lock, Thread

from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, open_derived
from yinju.encoder import Encoder
from yinju.errors import YinjuError
from yinju.progress import Progress, silent

log = logging.getLogger(__name__)
_RETRY = 5.0  # seconds after a failure


class Current:
    """Safe to use from several threads. Knows of what other processes write by the catalogue's generation."""

    def __init__(self, catalogue: Catalogue, folder: Path, encoder: Encoder) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._encoder = encoder
        self._opening = Lock()
        self._refreshing = Lock()
        self._held: Derived | None = None
        self._asking = Lock()
        self._wanted = False
        self._at_work = False
        self._thread: Thread | None = None
        self._not_before = 0.0

    @property
    def held(self) -> Derived | None:
        """What answers now; None before the first question."""
        return self._held

    def get(self) -> Derived:
        """The indexes to answer from. Only the first call waits for them to be made.

        Newer ones that another process made are opened by the first who asks, while others go on with the last; those
        not yet made are made beside the questions. Raises IndexMismatch, ModelError.
        """
        held = self._held
        if held is None:
            with self._opening:
                return self._held or self.refresh()
        if held.generation == self._catalogue.generation() or time.monotonic() < self._not_before:
            return held
        return self._newer() or held

    def _newer(self) -> Derived | None:
        """The present generation's indexes, if they are there and nobody else is at it."""
        if not self._refreshing.acquire(blocking=False):
            return None
        try:
            found = find_derived(self._catalogue, self._folder, self._encoder.fingerprint)
        except YinjuError as error:
            self._failed(error)
            return None
        finally:
            self._refreshing.release()
        if found is None:
            self.refresh_soon()
        else:
            self._held = found
        return found

    def refresh(self, progress: Progress = silent) -> Derived:
        """Open or make the indexes of the present generation, and answer from them from now on.

        Raises IndexMismatch, ModelError, OSError where they can't be written; what answered before goes on answering.
        """
        with self._refreshing:
            made = open_derived(self._catalogue, self._folder, self._encoder.fingerprint, progress)
            self._held = made
        return made

    def close(self) -> None:
        """Wait for what is being made."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def refresh_soon(self) -> None:
        """Refresh in a thread of its own, unless that failed a moment ago; once more where it is being done."""
        if time.monotonic() < self._not_before:
            return
        with self._asking:
            self._wanted = True
            if not self._at_work or self._thread is None or not self._thread.is_alive():
                self._at_work = True
                self._thread = Thread(target=self._refresh_while_wanted, name="refresh-indexes")
                self._thread.start()

    def _refresh_while_wanted(self) -> None:
        while self._is_wanted():
            try:
                if self._held is None or self._held.generation != self._catalogue.generation():
                    self.refresh()
                    self._catalogue.tidy()  # SQLite's log may hold the text of what was deleted
            except (YinjuError, OSError) as error:
                self._failed(error)

    def _is_wanted(self) -> bool:
        with self._asking:
            self._at_work, self._wanted = self._wanted, False
            return self._at_work

    def _failed(self, error: Exception) -> None:
        self._not_before = time.monotonic() + _RETRY
        log.error("The indexes could not be brought up to date, the last ones go on serving: %s", error)
