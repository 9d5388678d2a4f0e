"""The time of day, as it is written down. Nothing is ordered by it: clocks go back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def utc() -> datetime:
    return datetime.now(UTC)


def stamp(ago: timedelta = timedelta()) -> str:
    """ISO 8601 in UTC, to the second: now, or so long ago."""
    return (utc() - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
