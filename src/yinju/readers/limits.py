"""How much one document may be, and how much reading it may take. How large its file may be is the caller's to say."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MIB = 1 << 20

MOST_CHARACTERS = 4_000_000
"""Characters of text in one document: some eight long novels. Its vectors, about 300 bytes a character, are in memory
together until they are stored."""
MOST_PAGES = 10_000
MOST_CELLS = 2_000_000
"""Cells with something in them, over all sheets of a workbook."""

MOST_MEMBERS = 20_000
"""Parts in a package (Word, Excel and PowerPoint files are zip archives of parts)."""
MOST_EXPANDED = 400 * MIB
"""Size of all parts of a package, unpacked."""
MOST_RATIO = 250
"""How many times its packed size a part may be unpacked, where it is over `FREE_RATIO` bytes: text packs 5 to 50."""
FREE_RATIO = 4 * MIB

READ_HERE = 32 * 1024
"""Bytes of plain text and Markdown that are read in this process, for a third of a second at most; more, and every
other format, by a worker."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may take for one file. seconds: by the clock. memory, output: bytes."""

    seconds: float = 180.0
    memory: int = 1024 * MIB
    output: int = 256 * MIB

    def of_text(self, size: int) -> Limits:
        """For plain text or Markdown of `size` bytes: reading takes 8 seconds a MiB at worst, and mostly 0.1.

        One file is read at a time, so that whatever takes longer would only hold up everybody's.
        """
        return replace(self, seconds=min(self.seconds, 20 + 10 * math.ceil(size / MIB)))


LIMITS = Limits()
