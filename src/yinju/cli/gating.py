"""Limits that make an evaluation fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from yinju.cli.terminal import fail
from yinju.cli.wording import say
from yinju.evaluation.gates import Gate, failures

FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=NUMBER",
        help=say(
            "Exit with status 1 when this figure is lower; may be repeated.",
            "此项低于该值时以状态 1 退出；可多次使用。",
        ),
    ),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=NUMBER",
        help=say(
            "Exit with status 1 when this figure is higher; may be repeated.",
            "此项高于该值时以状态 1 退出；可多次使用。",
        ),
    ),
]


def check_gates(gates: Sequence[Gate], figures: Mapping[str, object]) -> None:
    """Say which figures missed their limit, and exit with status 1 where one did. Raises InvalidRequest."""
    missed = failures(gates, figures)
    for line in missed:
        fail(line)
    if missed:
        raise typer.Exit(1)
