"""A passage's vectors against those its text and each of its sentences have when they are encoded by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from tests.documents import unpack_tokens
from tests.fakes import CharacterEncoder, ContextEncoder
from yinju.blobs import (
    Packed,
    PassageVectors,
    joined,
    pack,
    pack_spans,
    quantise,
    unpack_offsets,
    unpack_pooled,
    unpack_spans,
)
from yinju.encoder import Encoder, Encoding
from yinju.errors import ModelError
from yinju.passage_vectors import PassageText, encode
from yinju.records import Span

TEXT = "开办 夜校。\n覆盖青年。——开办 夜校。"
SENTENCES = (Span(0, 6), Span(7, 12), Span(14, 20))  # the first and the last say the same; the dash is none's
PASSAGE = PassageText(TEXT, SENTENCES)


def encoded(passage: PassageText, encoder: Encoder) -> PassageVectors:
    (vectors,) = encode(encoder, [passage])
    return vectors


def alone(text: str, encoder: Encoder) -> Encoding:
    (encoding,) = encoder.encode_passages([text])
    return encoding


def test_the_passage_is_encoded_as_one_text() -> None:
    whole, expected = encoded(PASSAGE, ContextEncoder()).whole, alone(TEXT, ContextEncoder())
    assert unpack_pooled(whole.pooled, 16).tolist() == [expected.pooled.tolist()]
    assert unpack_tokens(whole.tokens, 16).tolist() == quantise(expected.tokens).tolist()
    assert unpack_offsets(whole.offsets).tolist() == expected.offsets.tolist()


def test_each_sentence_is_encoded_alone() -> None:
    encoder = ContextEncoder()
    vectors = encoded(PASSAGE, encoder)
    expected = [alone(span.of(TEXT), encoder) for span in SENTENCES]
    tokens = unpack_tokens(vectors.sentences.tokens, 16)
    assert unpack_pooled(vectors.sentences.pooled, 16).tolist() == [each.pooled.tolist() for each in expected]
    assert tokens.tolist() == np.concatenate([quantise(each.tokens) for each in expected]).tolist()
    # Its last token is 。 in a text of 6 characters, not of 20: (2 + 6) % 16 and 4 tell them apart.
    assert np.flatnonzero(tokens[-1]).tolist() == sorted({ord("。") % 16, 6})
    assert np.flatnonzero(unpack_tokens(vectors.whole.tokens, 16)[-1]).tolist() == sorted({ord("。") % 16, 20 % 16})


def test_offsets_of_sentences_are_places_in_the_passage() -> None:
    vectors = encoded(PASSAGE, ContextEncoder())
    covered = [TEXT[start:end] for start, end in unpack_offsets(vectors.sentences.offsets)]
    assert "".join(covered) == "开办夜校。覆盖青年。开办夜校。"
    assert unpack_offsets(vectors.sentences.offsets)[[0, 5, 10]].tolist() == [[0, 1], [7, 8], [14, 15]]
    assert unpack_spans(vectors.spans) == list(SENTENCES)


def test_equal_texts_of_a_passage_are_encoded_once() -> None:
    encoder = CharacterEncoder()
    encoded(PASSAGE, encoder)
    assert encoder.encoded == [TEXT, "开办 夜校。", "覆盖青年。"]


def test_a_passage_that_is_one_sentence_is_encoded_once() -> None:
    encoder = ContextEncoder()
    vectors = encoded(PassageText("开办夜校。", (Span(0, 5),)), encoder)
    assert encoder.encoded == ["开办夜校。"]
    assert vectors.sentences == vectors.whole


def test_a_passage_without_sentences_has_vectors_of_its_own_alone() -> None:
    vectors = encoded(PassageText("……", ()), CharacterEncoder())
    assert len(unpack_tokens(vectors.whole.tokens, 16)) == 2
    assert (vectors.spans, vectors.sentences) == (b"", Packed(b"", b"", b""))
    assert unpack_pooled(vectors.sentences.pooled, 16).shape == (0, 16)


def test_tokens_may_have_fewer_components_than_the_text() -> None:
    vectors = encoded(PASSAGE, CharacterEncoder(components=5))
    for packed, texts in ((vectors.whole, 1), (vectors.sentences, 3)):
        assert unpack_pooled(packed.pooled, 16).shape == (texts, 16)
        assert len(packed.tokens) == 5 * len(unpack_offsets(packed.offsets))
    letters = [character for character in TEXT if not character.isspace()]
    assert unpack_tokens(vectors.whole.tokens, 5).argmax(axis=1).tolist() == [ord(each) % 5 for each in letters]


def test_passages_come_in_order_and_one_by_one() -> None:
    encoder = CharacterEncoder()
    stream = encode(encoder, [PassageText("乙", ()), PASSAGE, PassageText("甲", ())])
    assert next(stream) == encoded(PassageText("乙", ()), CharacterEncoder())
    assert encoder.encoded == ["乙"]
    assert list(stream) == [encoded(each, CharacterEncoder()) for each in (PASSAGE, PassageText("甲", ()))]


def test_sentences_of_a_document_become_places_in_the_passage() -> None:
    assert PassageText.of("甲。乙。", 40, [Span(40, 42), Span(42, 44)]) == PassageText(
        "甲。乙。", (Span(0, 2), Span(2, 4))
    )


def test_equal_text_otherwise_divided_is_another() -> None:
    assert len({PASSAGE, PassageText(TEXT, SENTENCES), PassageText(TEXT, SENTENCES[:2])}) == 2


def test_a_sentence_the_model_can_not_place_is_refused() -> None:
    class Astray(CharacterEncoder):
        """Right about whole passages alone."""

        def _encoding(self, text: str) -> Encoding:
            found = super()._encoding(text)
            return found if text == TEXT else Encoding(found.pooled, found.tokens, found.offsets + 2)

    with pytest.raises(ModelError, match="Rebuild the model"):
        encoded(PASSAGE, Astray())


def test_joined_texts_keep_their_order_and_move_to_their_place() -> None:
    encoder = CharacterEncoder(dimension=4)
    parts = [pack(alone(text, encoder), len(text), 4) for text in ("ab", "", "c")]
    found = joined(parts, [Span(300, 302), Span(302, 302), Span(65000, 65001)])
    assert unpack_offsets(found.offsets).tolist() == [[300, 301], [301, 302], [65000, 65001]]
    assert unpack_tokens(found.tokens, 4).argmax(axis=1).tolist() == [ord(each) % 4 for each in "abc"]
    assert unpack_pooled(found.pooled, 4).shape == (3, 4)


def test_spans_survive_being_packed() -> None:
    spans = [Span(0, 1), Span(1, 700), Span(700, 65535)]
    assert unpack_spans(pack_spans(spans)) == spans
    assert unpack_spans(pack_spans([])) == []
