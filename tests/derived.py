"""Indexes over a small catalogue, compared with it part by part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.documents import draft, unpack_tokens
from tests.fakes import ContextEncoder
from yinju.blobs import quantise, unpack_offsets, unpack_pooled
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived, place_of
from yinju.intake import origin_of
from yinju.stored import Draft, StoredPassage
from yinju.text import terms

COMPONENTS = 11

ENCODER = ContextEncoder(components=COMPONENTS)  # fewer numbers a token than a text, and others for another text

ORIGIN = origin_of(ENCODER)

TEXTS = {
    "乙.txt": "开办青年 夜校121期。结对828名。\n\n……覆盖青年6000余人次😀。——很多。",
    "甲.txt": "第一段。",
    "无.txt": "",
    "c.md": "one two\nthree\n" * 20,
}


def reported(name: str, text: str, heading: tuple[str, ...] = ()) -> Draft:
    return draft(name, text, heading=heading, encoder=ENCODER)


def opened(catalogue: Catalogue, folder: Path) -> Derived:
    return open_derived(catalogue, folder, ENCODER.fingerprint)


def place(folder: Path, found: Derived) -> Path:
    return place_of(folder, found.origin, found.generation)


def places(folder: Path) -> list[Path]:
    """Every generation there is, of every origin, and whatever else lies among them."""
    return sorted(path for path in folder.glob("*/*") if path.is_dir())


def assert_agrees(found: Derived, catalogue: Catalogue) -> None:
    """Every part holds what the catalogue holds, in the same rows."""
    assert found.generation == catalogue.generation()
    expected = [stored for summary in catalogue.documents() for stored in catalogue.stored(summary.id, ORIGIN)]
    parts = (found.passages, found.vectors, found.tokens, found.sentence_tokens, found.sentences, found.lexical)
    assert [len(part) for part in parts] == [len(expected)] * 6
    for row, stored in enumerate(expected):
        assert found.passages.passage(row) == stored.passage
        assert_vectors_agree(found, row, stored)
        own_terms = [*terms(stored.passage.text), *terms("\n".join(stored.passage.heading))]
        assert found.lexical.holds(own_terms, np.array([row])).all()


def assert_vectors_agree(found: Derived, row: int, stored: StoredPassage) -> None:
    whole, sentences = stored.vectors.whole, stored.vectors.sentences
    for packed in (whole, sentences):
        for pooled in unpack_pooled(packed.pooled, ENCODER.dimension):
            assert found.vectors.scores(pooled, np.array([row])) == pytest.approx([pooled @ pooled], abs=1e-3)
    for store, packed in ((found.tokens, whole), (found.sentence_tokens, sentences)):
        tokens, offsets = store.tokens(row)
        assert np.array_equal(tokens, unpack_tokens(packed.tokens, COMPONENTS))
        assert np.array_equal(offsets, unpack_offsets(packed.offsets))
    text = stored.passage.text
    covered = [text[a:b] for a, b in found.tokens.tokens(row)[1]]
    assert covered == [character for character in text if not character.isspace()]
    assert_sentences_are_encoded_alone(found, row, text, stored.passage.start)


def assert_sentences_are_encoded_alone(found: Derived, row: int, text: str, start: int) -> None:
    tokens, offsets = found.sentence_tokens.tokens(row)
    places = found.sentences.gather(np.array([row])).places
    for place in places:
        own = slice(int(place["first_token"]), int(place["last_token"]))
        said = text[place["start"] - start : place["end"] - start]
        assert "".join(text[a:b] for a, b in offsets[own]) == said.replace(" ", "")
        assert np.array_equal(tokens[own], quantise(ContextEncoder(components=COMPONENTS).encode_query(said).tokens))
    assert len(tokens) == sum(int(place["last_token"] - place["first_token"]) for place in places)
