"""Moments between the steps of a write, at which it may be cut short. Tests stop the process there; service does not.

The steps of the swap, in order: `swap 1` old remains cleared, `swap 2` parts written, `swap 3` manifest written,
`swap 4` checked, `swap 5` a torn folder of the same name removed, `swap 6` renamed into place, `swap 7` the folder
flushed, `swap 8` older generations deleted. Of a job: `job 1` claimed, `job 2` read and encoded, `job 3` stored,
`job 4` indexed, `job 5` done.
"""

from __future__ import annotations

SWAP = tuple(f"swap {number}" for number in range(1, 9))
JOB = tuple(f"job {number}" for number in range(1, 6))


def reached(moment: str) -> None:
    """Does nothing."""
