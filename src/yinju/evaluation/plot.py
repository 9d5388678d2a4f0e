"""The reliability diagram (Guo et al. 2017) as SVG, drawn here: a plotting library is worth more than one picture."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from yinju.evaluation.calibration import Bin, Calibration

_SIDE = 400  # of the square from (0, 0) to (1, 1)
_LEFT, _TOP = 70, 56
_WIDTH, _HEIGHT = _LEFT + _SIDE + 30, _TOP + _SIDE + 92
_Z = 1.96  # standard normal quantile of a two-sided 95 % interval


def reliability_svg(found: Calibration) -> str:
    """Bars: how often answers of each tenth of confidence were right, with their number and the share's 95 % interval.

    Dots: the bins of equal mass that the error is taken over. On the diagonal confidence is what it says.
    """
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img">',
        "<title>Reliability diagram 可靠性图</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 22, "Reliability of confidence 置信度的可靠性", size=15),
        _text(_WIDTH / 2, 40, f"{found.count} questions 个问题 · calibration error 校准误差 {found.error:.3f}"),
        *_axes(),
        *(part for number, each in enumerate(found.tenths) if each for part in _bar(number, each)),
        _line(0, 0, 1, 1, "#555", dash=True),
        *(_dot(each) for each in found.bins),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes() -> Iterator[str]:
    for tick in range(11):
        share = tick / 10
        yield _line(0, share, 1, share, "#e4e4e4")
        yield _text(_x(share), _TOP + _SIDE + 16, f"{share:.1f}")
        yield _text(_LEFT - 8, _y(share) + 4, f"{share:.1f}", anchor="end")
    yield _line(0, 0, 1, 0, "black")
    yield _line(0, 0, 0, 1, "black")
    yield _text(_x(0.5), _TOP + _SIDE + 36, "confidence 置信度")
    middle = _y(0.5)
    yield _text(20, middle, "share that was right 实际正确的比例", turn=f' transform="rotate(-90 20 {middle:.1f})"')


def _bar(number: int, tenth: Bin) -> Iterator[str]:
    left, top = _x(number / 10) + 2, _y(tenth.right)
    yield (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{_SIDE / 10 - 4:.1f}" height="{_y(0) - top:.1f}" fill="#9ec5e8"/>'
    )
    low, high = wilson(tenth.right, tenth.count)
    middle = number / 10 + 0.05
    yield _line(middle, low, middle, high, "#2b6ca3")
    yield _text(_x(middle), _y(high) - 4, str(tenth.count), size=10)


def _dot(each: Bin) -> str:
    return f'<circle cx="{_x(each.confidence):.1f}" cy="{_y(each.right):.1f}" r="3.5" fill="#c0392b"/>'


def _legend() -> Iterator[str]:
    top = _TOP + _SIDE + 52
    yield f'<rect x="{_LEFT}" y="{top}" width="12" height="10" fill="#9ec5e8"/>'
    bars = "tenths, with the number of answers and 95 % interval 按十等分，标有回答数和 95% 区间"
    yield _text(_LEFT + 18, top + 9, bars, size=10, anchor="start")
    yield f'<circle cx="{_LEFT + 6}" cy="{top + 22}" r="3.5" fill="#c0392b"/>'
    dots = "bins of equal mass, which the error is taken over 等量分组，用于计算误差"
    yield _text(_LEFT + 18, top + 26, dots, size=10, anchor="start")


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share of `count` (Wilson 1927)."""
    spread = _Z * _Z / count
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: bool = False) -> str:
    style = ' stroke-dasharray="5 4"' if dash else ""
    places = f'x1="{_x(x1):.1f}" y1="{_y(y1):.1f}" x2="{_x(x2):.1f}" y2="{_y(y2):.1f}"'
    return f'<line {places} stroke="{colour}"{style}/>'


def _text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "middle", turn: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{turn}>{words}</text>'
