"""The indexes that answer now, and how newer ones take their place: readers never wait for it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from threading import Event, Lock, Thread

from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, open_derived, prune
from yinju.encoder import Encoder
from yinju.errors import YinjuError
from yinju.progress import Progress, silent

log = logging.getLogger(__name__)
_RETRY = 5.0  # seconds after a failure
_READ_AT_ONCE = 64 << 20
"""Bytes of newer indexes that a question may wait for; reading more takes longer than answering."""


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
        self._closing = Event()

    @property
    def held(self) -> Derived | None:
        """What answers now; None before the first question."""
        return self._held

    def get(self) -> Derived:
        """The indexes to answer from. Only the first call waits for them to be made.

        Newer ones that another process made are opened by the first who asks, while others go on with the last; those
        not yet made are made, and large ones opened, beside the questions. Raises IndexMismatch, ModelError, OSError
        where the first can't be written.
        """
        held = self._held
        if held is None:
            with self._opening:
                return self._held or self.refresh()
        if held.generation == self._catalogue.generation() or time.monotonic() < self._not_before:
            return held
        return self._newer() or held

    def _newer(self) -> Derived | None:
        """The present generation's indexes, if they are there, soon read, and nobody else is at it."""
        if not self._refreshing.acquire(blocking=False):
            return None
        try:
            found = find_derived(self._catalogue, self._folder, self._encoder.fingerprint, _READ_AT_ONCE)
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
            if self._held is None:
                self._clean()
            made = open_derived(self._catalogue, self._folder, self._encoder.fingerprint, progress)
            self._held = made
        return made

    def close(self) -> None:
        """Wait for what is being made, and for what was put off: that is tried at once."""
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def refresh_soon(self) -> None:
        """Refresh in a thread of its own; once more where it is being done, a while later where it just failed."""
        with self._asking:
            self._wanted = True
            if not self._at_work or self._thread is None or not self._thread.is_alive():
                self._at_work = True
                self._thread = Thread(target=self._refresh_while_wanted, name="refresh-indexes")
                self._thread.start()

    def _refresh_while_wanted(self) -> None:
        while self._is_wanted():
            self._closing.wait(max(0.0, self._not_before - time.monotonic()))
            try:
                if self._held is None or self._held.generation != self._catalogue.generation():
                    self.refresh()
            except (YinjuError, OSError) as error:
                self._failed(error)
            self._clean()

    def _is_wanted(self) -> bool:
        with self._asking:
            self._at_work, self._wanted = self._wanted, False
            return self._at_work

    def _failed(self, error: Exception) -> None:
        self._not_before = time.monotonic() + _RETRY
        log.error("The indexes could not be brought up to date, the last ones go on serving: %s", error)

    def _clean(self) -> None:
        """Delete what may hold the text of what was deleted, as a process killed, or newer indexes that can't be made,
        leave it: older indexes, and SQLite's log. What can't be deleted now is looked for again the next time."""
        try:
            prune(self._catalogue, self._folder)
            self._catalogue.tidy()
        except (YinjuError, OSError) as error:
            log.warning("Older indexes could not be deleted, which is tried again with the next change: %s", error)
