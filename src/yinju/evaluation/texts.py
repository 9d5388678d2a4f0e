"""Distractors: articles that answer none of the questions, one a line of a text file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from yinju.errors import InvalidRequest


def read_articles(paths: Sequence[Path]) -> list[str]:
    """The lines of some files, in order; empty ones are passed over.

    Raises InvalidRequest for a file that can't be read, is not UTF-8 or holds no line.
    """
    return [article for path in paths for article in _articles(path)]


def _articles(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InvalidRequest(f"{path} can't be read ({error.strerror}). Name a file of articles.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path} is not UTF-8. Save it as UTF-8.") from error
    articles = [line.strip() for line in lines if line.strip()]
    if not articles:
        raise InvalidRequest(f"{path} holds no article. Write one a line.")
    return articles
