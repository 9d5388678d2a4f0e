from __future__ import annotations

import pytest

from yinju.evidence.units import Quantity, fits, quantity_of


@pytest.mark.parametrize(
    "figure, quantity",
    [
        ("121期", "count"),
        ("3.2万元", "money"),
        ("6000余人次", "people"),
        ("百分之三十", "share"),
        ("35.6%", "share"),
        ("1∶14", "share"),
        ("第十一届", "ordinal"),
        ("4分10秒", "duration"),
        ("三十一岁", "age"),
        ("6.9万", "bare"),
        ("45名", "people"),
        ("3块", "money"),
        ("12,500 books", ""),
    ],
)
def test_a_figure_states_a_quantity(figure: str, quantity: Quantity) -> None:
    assert quantity_of(figure) == quantity


def test_a_figure_whose_unit_contradicts_the_question_does_not_answer_it() -> None:
    assert fits("money", "money")
    assert fits("", "count")
    assert fits("people", "bare")
    assert not fits("money", "count")
    assert not fits("age", "people")
    assert not fits("share", "bare")
