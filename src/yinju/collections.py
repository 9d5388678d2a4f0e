"""What a collection may be called."""

from __future__ import annotations

import re
import unicodedata

from yinju.errors import InvalidRequest

LONGEST = 64
PATTERN = r"^[^\W_](?:[\w.\-]*[^\W_])?$"
"""Letters and figures of any script, with `-`, `_` and `.` between them."""


def checked(name: str) -> str:
    """The name in NFC. Raises InvalidRequest for what is none."""
    normal = unicodedata.normalize("NFC", name)
    if len(normal) > LONGEST or re.fullmatch(PATTERN, normal) is None:
        raise InvalidRequest(
            f"A collection's name has 1 to {LONGEST} letters and figures, with - _ . between them. Choose another one."
        )
    return normal
