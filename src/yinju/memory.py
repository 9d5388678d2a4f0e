"""Keeps the process's memory flat while indexes are made again and again."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2


def share_arenas() -> None:
    """Have all threads allocate from a few arenas.

    glibc gives each thread one of its own, and what a short-lived one made for an index stays reserved there: without
    this, memory rises with each making (tests/faults/test_load.py measures it). On another C library this does nothing.
    """
    library = ctypes.CDLL(None)  # what the process itself is linked with
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_M_ARENA_MAX, _ARENAS)
