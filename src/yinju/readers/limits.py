"""How much one document may be, and how much reading it may take. How large its file may be is the caller's to say."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20

MOST_CHARACTERS = 20_000_000
"""Characters of text in one document: some forty long novels."""
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
"""Bytes of plain text and Markdown that are read in this process; more, and every other format, by a worker.

The Markdown that takes longest (nothing but opening brackets) takes time by the square of its length: half a second
here, fourteen seconds at 256 KiB.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may take for one file. seconds: by the clock. memory, output: bytes."""

    seconds: float = 180.0
    memory: int = 1024 * MIB
    output: int = 256 * MIB


LIMITS = Limits()
