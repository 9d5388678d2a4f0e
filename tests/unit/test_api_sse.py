from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sse import pieces


@given(st.text(alphabet="文，。；\n[]1234 ab.,!?🎓\u0085\u2028"))
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(pieces(text))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("一，二。[1]三[2]", ["一，", "二。", "[1]", "三", "[2]"]),
        ("约6,000人[12][3]", ["约6,000人", "[12]", "[3]"]),
        ("[1234]见[x]", ["[1234]见[x]"]),
    ],
)
def test_pieces_end_at_clause_marks_and_markers(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected
