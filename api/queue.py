"""The lines of questions and of uploads: how long they are, and how much of them is whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Queue:
    """How many questions, and how many uploads, are under way: those being answered and those that wait."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._depth = {"questions": 0, "uploads": 0}
        self._held: Counter[tuple[str, str]] = Counter()

    @property
    def depth(self) -> Mapping[str, int]:
        return self._depth

    def enter(self, line: str) -> bool:
        """Join; False where the line is full."""
        if self._depth[line] >= self.limit:
            return False
        self._depth[line] += 1
        return True

    def leave(self, line: str) -> None:
        self._depth[line] -= 1

    @contextmanager
    def share(self, line: str, client: str | None) -> Iterator[bool]:
        """Counts a request of a client while the block lasts; gives whether it is one of half a line at most.

        So one key, or address, never keeps all others out. None is counted for nobody.
        """
        if client is None:
            yield True
            return
        which = (line, client)
        self._held[which] += 1
        try:
            yield self._held[which] <= max(1, self.limit // 2)
        finally:
            self._held[which] -= 1
            if not self._held[which]:
                del self._held[which]
