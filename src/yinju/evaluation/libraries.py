"""The library to be evaluated: the configured one, or one made for the occasion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.errors import InvalidRequest
from yinju.library import CATALOGUE, Library
from yinju.progress import Progress, silent
from yinju.settings import Settings


@contextmanager
def configured(settings: Settings, encoder: Encoder) -> Iterator[tuple[Library, Library]]:
    """The library the settings name, and the same without a threshold.

    Raises InvalidRequest where nothing is indexed.
    """
    with _pair(settings, encoder) as pair:
        if not pair[0].documents(limit=1):
            raise InvalidRequest("Nothing is indexed to ask about. Run `yinju index FOLDER` or name a --corpus.")
        yield pair


@contextmanager
def made_of(
    settings: Settings, encoder: Encoder, corpus: Path, articles: Sequence[str], progress: Progress = silent
) -> Iterator[tuple[Library, Library]]:
    """A library of the folder `corpus`, each of `articles` beside it as a document, forgotten afterwards; and the same
    without a threshold.

    Raises InvalidRequest for a folder that is none.
    """
    with TemporaryDirectory(prefix="yinju-eval-") as name:
        folder = Path(name)
        with _pair(settings.model_copy(update={"index": folder / "index"}), encoder) as pair:
            pair[0].index(corpus, progress)
            if articles:
                pair[0].index(written(folder / "articles", articles), progress)
            yield pair


@contextmanager
def _pair(settings: Settings, encoder: Encoder) -> Iterator[tuple[Library, Library]]:
    path = settings.index / CATALOGUE
    candid = settings.model_copy(update={"min_confidence": 0.0})
    with Library(settings, Catalogue(path), encoder) as library, Library(candid, Catalogue(path), encoder) as other:
        yield library, other


def written(folder: Path, articles: Sequence[str]) -> Path:
    """The folder, made, with each article as a file of its own."""
    folder.mkdir()
    for number, article in enumerate(articles, start=1):
        (folder / f"article-{number:06d}.txt").write_text(article, encoding="utf-8")
    return folder
