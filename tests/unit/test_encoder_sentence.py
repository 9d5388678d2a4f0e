"""The one encoder over a model that is not ours: a small random BERT, saved as sentence-transformers saves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import BoW, Pooling, StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from yinju.encoder import Encoding, encoder_fingerprint, loading, open_encoder
from yinju.encoder.sentence import SentenceEncoder
from yinju.errors import ModelError
from yinju.settings import Settings

LIMIT = 16
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ask", "text", ":", "开", "办", "m", "2", "fi", "1", "é", "ok", "。"]


def word_tokenizer() -> Tokenizer:
    """A token a character (and a few words), after NFKC, framed as BERT frames a text."""
    tokenizer = Tokenizer(models.WordPiece({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Split("开", "isolated"), pre_tokenizers.Digits(True)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def save_bert(folder: Path, prompts: dict[str, str], seed: int = 0) -> Path:
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LIMIT,
    )
    BertModel(config).save_pretrained(folder / "bert")
    PreTrainedTokenizerFast(
        tokenizer_object=word_tokenizer(), pad_token="[PAD]", unk_token="[UNK]", model_max_length=LIMIT
    ).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    model = SentenceTransformer(modules=[transformer, Pooling(32, "mean"), Normalize()], prompts=prompts, device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bert(tmp_path_factory.mktemp("bert"), {"query": "ask: ", "document": "text: "})


@pytest.fixture(scope="module")
def bert(folder: Path) -> SentenceEncoder:
    encoder = loading.open_named(str(folder), 0)
    assert isinstance(encoder, SentenceEncoder)
    return encoder


def covered(text: str, encoding: Encoding) -> list[str]:
    return [text[start:end] for start, end in encoding.offsets]


def test_the_setting_names_another_model(folder: Path) -> None:
    settings = Settings.load(model=str(folder))
    encoder = open_encoder(settings)
    reference = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    assert encoder.dimension == 32
    np.testing.assert_allclose(encoder.encode_query("开办").pooled, reference.encode_query("开办"), atol=1e-6)
    np.testing.assert_allclose(
        next(encoder.encode_passages(["开办"])).pooled, reference.encode_document("开办"), atol=1e-6
    )
    assert encoder_fingerprint(settings) is None


def test_query_and_passage_have_their_own_prompts(bert: SentenceEncoder) -> None:
    assert not np.allclose(bert.encode_query("开").pooled, next(bert.encode_passages(["开"])).pooled, atol=1e-3)


def test_tokens_leave_out_the_prompt_and_the_special_ones(bert: SentenceEncoder) -> None:
    encoding = bert.encode_query("开办。")
    assert covered("开办。", encoding) == ["开", "办", "。"]
    assert encoding.tokens.shape == (3, 32)
    np.testing.assert_allclose(np.linalg.norm(encoding.tokens, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(encoding.pooled), 1, atol=1e-6)


def test_a_tokens_vector_is_the_one_of_its_own_position(folder: Path, bert: SentenceEncoder) -> None:
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    with torch.inference_mode():
        hidden = model(model.preprocess(["办开。"], prompt="ask: "))["token_embeddings"][0].numpy()
    expected = hidden[3:6] / np.linalg.norm(hidden[3:6], axis=1, keepdims=True)
    np.testing.assert_allclose(bert.encode_query("办开。").tokens, expected, atol=1e-6)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("㎡开", ["㎡", "㎡", "开"]),
        ("１２", ["１", "２"]),
        ("ﬁ ok", ["ﬁ", "ok"]),
        ("e\u0301 开", ["e\u0301", "开"]),
        ("开\u1112\u1161\u11ab。", ["开", "\u1112\u1161\u11ab", "。"]),
        ("😀开", ["😀", "开"]),
        ("  开\n办 ", ["开", "办"]),
        ("开\ud800。", ["开", "\ud800", "。"]),
    ],
)
def test_offsets_are_code_points_of_the_text_as_given(bert: SentenceEncoder, text: str, expected: list[str]) -> None:
    assert covered(text, bert.encode_query(text)) == expected


def test_an_empty_text_has_a_vector_and_no_tokens(bert: SentenceEncoder) -> None:
    encoding = bert.encode_query("")
    assert (encoding.tokens.shape, encoding.offsets.shape) == ((0, 32), (0, 2))
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1)


def test_a_long_text_is_encoded_in_windows(bert: SentenceEncoder) -> None:
    text = "开办" * 15
    (encoding,) = bert.encode_passages([text])
    assert covered(text, encoding) == list(text)
    # 12 tokens fit beside [CLS] text : [SEP], so 30 are three windows of ten.
    windows = list(bert.encode_passages([text[:10], text[10:20], text[20:]]))
    np.testing.assert_allclose(encoding.tokens, np.concatenate([window.tokens for window in windows]), atol=1e-6)
    mean = np.mean([window.pooled for window in windows], axis=0)
    np.testing.assert_allclose(encoding.pooled, mean / np.linalg.norm(mean), atol=1e-6)


@pytest.mark.parametrize("characters, windows", [(12, 1), (13, 2)])
def test_windows_start_where_the_limit_ends(bert: SentenceEncoder, characters: int, windows: int) -> None:
    found = list(bert._windows("开" * characters, "ask: ", 0))
    assert len(found) == windows
    assert "".join(text for _, text, _ in found) == "开" * characters
    assert all(len(tokens) <= LIMIT for _, _, tokens in found)


def test_a_long_text_without_one_known_token_still_ends(bert: SentenceEncoder) -> None:
    (encoding,) = bert.encode_passages(["\u3000" * 40 + "开 " * 40])
    assert len(encoding.tokens) == 40


def test_fingerprints_tell_weights_and_prompts_apart(folder: Path, tmp_path: Path, bert: SentenceEncoder) -> None:
    assert loading.open_named(str(folder), 0).fingerprint == bert.fingerprint
    prompts = {"query": "ask: ", "document": "text: "}
    others = [
        save_bert(tmp_path / "weights", prompts, seed=1),
        save_bert(tmp_path / "prompts", {"query": "text: ", "document": "text: "}),
    ]
    assert len({bert.fingerprint, *(loading.open_named(str(other), 0).fingerprint for other in others)}) == 3


def test_a_model_without_prompts_is_given_the_bare_text(tmp_path: Path) -> None:
    encoder = loading.open_named(str(save_bert(tmp_path, {})), 0)
    np.testing.assert_array_equal(encoder.encode_query("开").pooled, next(encoder.encode_passages(["开"])).pooled)


def test_a_model_that_makes_no_token_vectors_is_refused(tmp_path: Path) -> None:
    SentenceTransformer(modules=[StaticEmbedding(word_tokenizer(), embedding_dim=8)], device="cpu").save_pretrained(
        str(tmp_path), create_model_card=False
    )
    with pytest.raises(ModelError, match=r"no vector for each token .* or unset it"):
        loading.open_named(str(tmp_path), 0)


def test_a_model_whose_tokenizer_gives_no_offsets_is_refused(tmp_path: Path) -> None:
    SentenceTransformer(modules=[BoW(["a", "b"])], device="cpu").save_pretrained(str(tmp_path), create_model_card=False)
    with pytest.raises(ModelError, match=r"WhitespaceTokenizer\) can't say where its tokens lie .* or unset it"):
        loading.open_named(str(tmp_path), 0)


def test_the_number_of_threads_is_torchs_for_a_torch_model(folder: Path) -> None:
    before = torch.get_num_threads()
    try:
        loading.open_named(str(folder), before + 1)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"model in {tmp_path} can't be loaded .*SentenceTransformer.save wrote"):
        loading.open_named(str(tmp_path), 0)


@pytest.mark.parametrize("name", ["nobody/none-such", "/no/such/folder"])
def test_a_hub_that_gives_nothing_is_said_with_the_way_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"copy the model's folder to this machine and set YINJU_MODEL to it"):
        loading.open_named(name, 0)
