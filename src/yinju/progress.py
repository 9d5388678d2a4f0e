"""How long work reports how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total). Stages: `files` (of a folder), `encode` (passages of the document being encoded,
or of all documents when re-encoding), `build` (passages written to the derived indexes), `model` (steps of building the
default model) and `ask` (questions of an evaluation)."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress nobody watches."""
