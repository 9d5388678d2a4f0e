"""How long work reports how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total). Stages: `files` (of a folder), `read` (0 of 0, twice a second while it lasts),
`encode` (passages of the document being encoded), `build` (passages written to the derived indexes), `model` (steps of
building the default model), `ask` (questions of an evaluation), `texts`, `vectors` and `indexes` (verified), `copy`
(pages of a backup)."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress nobody watches."""
