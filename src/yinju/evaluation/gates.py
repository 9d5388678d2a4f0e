"""Figures with a limit: an evaluation that misses one fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yinju.errors import InvalidRequest

_PERCENTAGES = {
    "hit1", "hit3", "hit5", "answer", "cite1", "span", "kept", "refused", "refused_at_5pct_false",
    "false_answers", "false_refusals",
}  # fmt: skip
_FRACTIONS = {
    "auroc", "precision", "evidence", "citation_recall", "citation_precision", "ece",
    "recall@1", "recall@3", "recall@5", "recall@10", "mrr@10",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure by name, and the number it must not be under (or, `over` being true, not over)."""

    name: str
    limit: float
    over: bool = False


def read_gates(under: Sequence[str], over: Sequence[str] = ()) -> list[Gate]:
    """Gates from `NAME=NUMBER`. Raises InvalidRequest for what is none, and for a number in the wrong unit."""
    return [_gate(text, False) for text in under] + [_gate(text, True) for text in over]


def failures(gates: Sequence[Gate], figures: Mapping[str, object]) -> list[str]:
    """A line for each gate missed. A figure there was nothing to measure by is missed.

    Raises InvalidRequest for a gate on a figure that is not among `figures`.
    """
    unknown = [gate.name for gate in gates if gate.name not in figures]
    if unknown:
        raise InvalidRequest(f"There is no figure {', '.join(unknown)}. Choose among {', '.join(figures)}.")
    return [line for gate in gates if (line := _missed(gate, figures[gate.name])) is not None]


def _gate(text: str, over: bool) -> Gate:
    name, _, number = text.rpartition("=")
    try:
        limit = float(number)
    except ValueError:
        limit = float("nan")
    if not name or limit != limit:
        raise InvalidRequest(f"{text!r} is no limit of a figure. Write NAME=NUMBER, such as hit1=85.")
    kind = name.rpartition(".")[2]
    if kind in _PERCENTAGES and 0 < limit < 1:
        raise InvalidRequest(f"{name} is a percentage, from 0 to 100. Write {name}={100 * limit:g}.")
    if kind in _FRACTIONS and limit > 1:
        raise InvalidRequest(f"{name} is a fraction, from 0 to 1. Write {name}={limit / 100:g}.")
    return Gate(name, limit, over)


def _missed(gate: Gate, value: object) -> str | None:
    wanted = f"at {'most' if gate.over else 'least'} {gate.limit:g}"
    if not isinstance(value, int | float):
        return f"{gate.name} could not be measured; {wanted} was asked for"
    if value > gate.limit if gate.over else value < gate.limit:
        return f"{gate.name} is {value:g}; {wanted} was asked for"
    return None
