from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sse import events, pieces
from tests.fake_library import FakeLibrary


def test_a_citation_the_text_does_not_mark_is_sent_all_the_same() -> None:
    answer = FakeLibrary().ask("夜校")
    unmarked = replace(answer, answer=answer.answer.replace("[2]", ""))
    names = [frame.split(b"\n")[0].removeprefix(b"event: ") for frame in events(unmarked, "http://x")]
    assert names == [b"passages", b"delta", b"delta", b"citation", b"delta", b"citation", b"done"]


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
