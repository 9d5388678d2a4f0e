"""The `Encoder` over any SentenceTransformer whose first module has a fast tokenizer and gives token embeddings."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Encoding as Tokens
from tokenizers import Tokenizer

from yinju.encoder.protocol import Encoding, Floats, Ints
from yinju.errors import ModelError

_SMALLEST = np.float32(1e-12)


class SentenceEncoder:
    """Texts are encoded one at a time.

    Batches gain nothing on a CPU with int8 products, and a text's vectors would depend on its neighbours: activations
    are quantised over the whole batch.
    """

    def __init__(self, model: SentenceTransformer, fingerprint: str) -> None:
        """Wrap a loaded model. Raises ModelError when it has no fast tokenizer or gives no token vectors."""
        self.model = model
        self.fingerprint = fingerprint
        self._query_prompt = _prompt(model, "query")
        self._passage_prompt = _prompt(model, "passage", "document")
        self._tokenizer = _fast_tokenizer(model)
        self._limit = model.max_seq_length or 0
        # A transformers tokenizer keeps padding and truncation as shared state and sets them at every call.
        self._tokenizing = threading.Lock()
        self.dimension = len(self.encode_query("?").pooled)

    def encode_query(self, text: str) -> Encoding:
        """Encode a question with the model's query prompt."""
        return self._encode(text, self._query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        """Encode passages with the model's passage prompt, yielding each as it is ready."""
        for text in texts:
            yield self._encode(text, self._passage_prompt)

    def _encode(self, text: str, prompt: str) -> Encoding:
        # A JSON string may hold half a surrogate pair, which no tokenizer takes: a question mark keeps the offsets.
        text = text.encode("utf-8", "replace").decode("utf-8")
        parts = [
            (start, self._encode_window(window, prompt, tokens))
            for start, window, tokens in self._windows(text, prompt, 0)
        ]
        if len(parts) == 1:
            return parts[0][1]
        weighted = [part.pooled * np.float32(max(len(part.tokens), 1)) for _, part in parts]
        return Encoding(
            _normalised(np.sum(weighted, axis=0)),
            np.concatenate([part.tokens for _, part in parts]),
            np.concatenate([part.offsets + np.int32(start) for start, part in parts]),
        )

    def _windows(self, text: str, prompt: str, start: int) -> Iterator[tuple[int, str, Tokens]]:
        """Slices of the text that fit the model together with the prompt: start, slice, tokens of prompt and slice."""
        tokens = self._tokenize(prompt + text)
        excess = len(tokens) - self._limit
        if not self._limit or excess <= 0 or len(text) < 2:
            yield start, text, tokens
            return
        starts = [max(begin - len(prompt), 0) for begin, _ in _content(tokens, len(prompt))[1]]
        room = max(len(starts) - excess, 1)
        # Spread evenly: a last window of a few tokens would have a vector of its own and no context. A slice may
        # come to a token more than it had in the whole (a word cut in two), which the recursion settles.
        count = -(-len(starts) // room)
        cuts = sorted({starts[len(starts) * part // count] for part in range(1, count)} - {0})
        cuts = cuts or [len(text) // 2]
        for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            yield from self._windows(text[begin:end], prompt, start + begin)

    def _encode_window(self, text: str, prompt: str, tokens: Tokens) -> Encoding:
        with self._tokenizing:
            features = self.model.preprocess([text], prompt=prompt)
        with torch.inference_mode():
            output = self.model(features)
        if "token_embeddings" not in output or output["token_embeddings"].shape[1] != len(tokens):
            raise ModelError(
                "The model gives no vector for each token of its fast tokenizer. "
                "Set YINJU_MODEL to a model of transformer and pooling layers, or unset it."
            )
        kept, spans = _content(tokens, len(prompt))
        pooled = _normalised(output["sentence_embedding"][0].float().cpu().numpy())
        vectors = _normalised(output["token_embeddings"][0].float().cpu().numpy()[kept])
        return Encoding(pooled, vectors, _offsets(text, spans, len(prompt)))

    def _tokenize(self, text: str) -> Tokens:
        with self._tokenizing:
            if self._tokenizer.truncation is not None:
                self._tokenizer.no_truncation()
            if self._tokenizer.padding is not None:
                self._tokenizer.no_padding()
            return self._tokenizer.encode(text)


def _prompt(model: SentenceTransformer, *names: str) -> str:
    for name in names:
        if model.prompts.get(name):
            return str(model.prompts[name])
    return str(model.prompts.get(model.default_prompt_name or "") or "")


def _fast_tokenizer(model: SentenceTransformer) -> Tokenizer:
    tokenizer = getattr(model[0], "tokenizer", None)
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if isinstance(backend, Tokenizer):
        return backend
    raise ModelError(
        f"The model's tokenizer ({type(tokenizer).__name__}) can't say where its tokens lie in a text. "
        "Set YINJU_MODEL to a model that has a tokenizer.json, or unset it."
    )


def _content(tokens: Tokens, prompt: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Indexes and spans of the tokens that stand for some of the text after a prompt of that many characters."""
    kept = [
        index
        for index, ((start, end), special) in enumerate(zip(tokens.offsets, tokens.special_tokens_mask, strict=True))
        if not special and end > prompt and end > start
    ]
    offsets = tokens.offsets
    return kept, [offsets[index] for index in kept]


def _offsets(text: str, spans: Sequence[tuple[int, int]], prompt: int) -> Ints:
    """Spans relative to the text, without the white space a token's mark for a word's start stands for.

    A mark that normalisation composes with the letter before it (e + U+0301) is left out of the tokenizer's span:
    what no token covers belongs to the token before it.
    """
    offsets = np.empty((len(spans), 2), np.int32)
    for row, (start, end) in enumerate(spans):
        start, end = max(start - prompt, 0), end - prompt
        limit = spans[row + 1][0] - prompt if row + 1 < len(spans) else len(text)
        while start < end - 1 and text[start].isspace():
            start += 1
        while end < limit and not text[end].isspace():
            end += 1
        offsets[row] = start, end
    return offsets


def _normalised(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, _SMALLEST), np.float32)
