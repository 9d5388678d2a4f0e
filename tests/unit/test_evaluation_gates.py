from __future__ import annotations

import pytest

from yinju.errors import InvalidRequest
from yinju.evaluation.gates import Gate, failures, read_gates

FIGURES = {"hit1": 85.0, "load": 1.7, "list.evidence": 0.75, "span": None}


def missed(*under: str, over: tuple[str, ...] = ()) -> list[str]:
    return failures(read_gates(under, over), FIGURES)


def test_a_figure_at_its_limit_passes() -> None:
    assert missed("hit1=85", "list.evidence=0.75", over=("load=1.7",)) == []


def test_each_figure_missed_has_its_line() -> None:
    assert missed("hit1=85.1", "list.evidence=0.8", over=("load=1.5",)) == [
        "hit1 is 85; at least 85.1 was asked for",
        "list.evidence is 0.75; at least 0.8 was asked for",
        "load is 1.7; at most 1.5 was asked for",
    ]


def test_what_could_not_be_measured_is_missed() -> None:
    assert missed("span=1") == ["span could not be measured; at least 1 was asked for"]


def test_an_unknown_figure_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidRequest, match=r"no figure hit2. Choose among hit1, load, list\.evidence, span"):
        missed("hit2=1")


@pytest.mark.parametrize("text", ["hit1", "hit1=", "=3", "hit1=many", "hit1=nan", ""])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="NAME=NUMBER"):
        read_gates([text])


@pytest.mark.parametrize(
    "text, advice",
    [
        ("hit1=0.9", "Write hit1=90"),
        ("lang.de.hit3=0.5", "Write lang.de.hit3=50"),
        ("dense.recall@1=98", "Write dense.recall@1=0.98"),
        ("near_miss.auroc=72", "Write near_miss.auroc=0.72"),
    ],
)
def test_a_limit_in_the_wrong_unit_would_always_pass_or_always_fail_and_is_refused(text: str, advice: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read_gates([text])
    assert advice in str(raised.value)


def test_names_may_hold_an_equals_sign() -> None:
    assert read_gates(["a=b.hit1=80"]) == [Gate("a=b.hit1", 80.0)]
