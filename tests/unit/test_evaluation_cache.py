from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import CharacterEncoder
from yinju.encoder import Encoding
from yinju.evaluation import cache as module
from yinju.evaluation.cache import CachedEncoder, EncodingCache

TEXT = "开办青年夜校 121 期"


def same(one: Encoding, other: Encoding) -> bool:
    return all(
        mine.dtype == theirs.dtype and np.array_equal(mine, theirs)
        for mine, theirs in zip(
            (one.pooled, one.tokens, one.offsets), (other.pooled, other.tokens, other.offsets), strict=True
        )
    )


def kept(path: Path) -> int:
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM encodings").fetchone()
    connection.close()
    return int(count)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "encodings.db"


def test_what_was_encoded_is_not_encoded_again(path: Path) -> None:
    first, second = CharacterEncoder(), CharacterEncoder()
    with EncodingCache(path) as cache:
        fresh = list(CachedEncoder(first, cache).encode_passages([TEXT, "", TEXT]))
    assert first.encoded == [TEXT, ""]
    with EncodingCache(path) as cache:
        stored = list(CachedEncoder(second, cache).encode_passages([TEXT, "新的", ""]))
    assert second.encoded == ["新的"]
    assert same(fresh[0], stored[0])
    assert same(fresh[1], stored[2])
    assert same(fresh[0], fresh[2])


def test_questions_keep_every_digit_and_passages_those_of_the_index(path: Path) -> None:
    tokens = np.array([[0.123456789, -0.5], [1.0, 0.0]], np.float32)
    encoding = Encoding(np.array([0.6, 0.8], np.float32), tokens, np.array([[0, 1], [1, 2]], np.int32))
    with EncodingCache(path) as cache:
        for role in ("query", "passage"):
            cache.put("model", role, "ab", encoding)
        question, passage = cache.get("model", "query", "ab"), cache.get("model", "passage", "ab")
    assert question is not None
    assert passage is not None
    assert same(question, encoding)
    assert np.array_equal(passage.tokens, np.rint(tokens * 127).astype(np.float32) / np.float32(127))


def test_tokens_may_have_fewer_numbers_than_the_text(path: Path) -> None:
    fresh = CharacterEncoder(components=5)
    texts = [TEXT, "", "夜"]
    with EncodingCache(path) as cache:
        encoder = CachedEncoder(fresh, cache)
        expected = [encoder.encode_query(TEXT), *encoder.encode_passages(texts)]
        assert encoder.dimension == 16
    second = CharacterEncoder(components=5)
    with EncodingCache(path) as cache:
        encoder = CachedEncoder(second, cache)
        found = [encoder.encode_query(TEXT), *encoder.encode_passages(texts)]
        assert encoder.dimension == 16
    assert second.encoded == []
    assert [(each.pooled.shape, each.tokens.shape[1]) for each in found] == [((16,), 5)] * 4
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))


def test_rows_of_another_format_are_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FORMAT", "1")  # whose rows gave the dimension of the text
    with EncodingCache(path) as cache:
        list(CachedEncoder(CharacterEncoder(), cache).encode_passages([TEXT]))
    monkeypatch.undo()
    encoder = CharacterEncoder()
    with EncodingCache(path) as cache:
        list(CachedEncoder(encoder, cache).encode_passages([TEXT]))
    assert encoder.encoded == [TEXT]


def test_models_roles_and_texts_are_told_apart(path: Path) -> None:
    with EncodingCache(path) as cache:
        one, other = CachedEncoder(CharacterEncoder("one"), cache), CachedEncoder(CharacterEncoder("other"), cache)
        one.encode_query(TEXT)
        assert cache.get("one", "query", TEXT) is not None
        assert cache.get("one", "passage", TEXT) is None
        assert cache.get("other", "query", TEXT) is None
        assert cache.get("one", "query", TEXT + " ") is None
        assert other.fingerprint == "other"
        one.encode_query("\ud800")  # JSON may hold half a surrogate pair


def test_questions_may_be_encoded_every_time(path: Path) -> None:
    with EncodingCache(path) as cache:
        CachedEncoder(CharacterEncoder(), cache, queries=False).encode_query(TEXT)
    assert kept(path) == 0


def test_the_dimension_is_known_without_the_model(path: Path) -> None:
    with EncodingCache(path) as cache:
        assert CachedEncoder(CharacterEncoder(dimension=8), cache).dimension == 8
    with EncodingCache(path) as cache:
        assert cache.dimension("characters") == 8
        assert cache.dimension("unknown") is None


def not_a_database(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwritten(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


@pytest.mark.parametrize("damage", [not_a_database, torn, overwritten])
def test_a_damaged_cache_is_made_anew(path: Path, damage: Callable[[Path], None]) -> None:
    texts = [f"{TEXT}{number}" for number in range(50)]
    with EncodingCache(path) as cache:
        fresh = list(CachedEncoder(CharacterEncoder(), cache).encode_passages(texts))
    damage(path)
    with EncodingCache(path) as cache:
        found = list(CachedEncoder(CharacterEncoder(), cache).encode_passages(texts))
    assert cache.problem is None
    assert all(same(one, other) for one, other in zip(found, fresh, strict=True))
    with EncodingCache(path) as cache:
        third = CharacterEncoder()
        list(CachedEncoder(third, cache).encode_passages(texts))
    assert len(third.encoded) < len(texts)  # what was kept since is used


def test_bytes_changed_in_a_row_are_noticed(path: Path) -> None:
    with EncodingCache(path) as cache:
        list(CachedEncoder(CharacterEncoder(), cache).encode_passages([TEXT]))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE encodings SET tokens = zeroblob(length(tokens))")
    connection.commit()
    connection.close()
    encoder = CharacterEncoder()
    with EncodingCache(path) as cache:
        list(CachedEncoder(encoder, cache).encode_passages([TEXT]))
    assert encoder.encoded == [TEXT]


def test_where_nothing_can_be_kept_evaluations_go_on_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with EncodingCache(tmp_path / "file" / "encodings.db") as cache:
        encoder = CachedEncoder(CharacterEncoder(), cache)
        assert len(list(encoder.encode_passages([TEXT]))) == 1
        assert encoder.dimension == 16
    assert cache.problem is not None
    assert "are not kept" in cache.problem


def test_another_s_lock_is_not_taken_for_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT", 0.01)
    with EncodingCache(path) as cache:
        list(CachedEncoder(CharacterEncoder(), cache).encode_passages([TEXT]))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with EncodingCache(path) as cache:
        list(CachedEncoder(CharacterEncoder(), cache).encode_passages(["别的"]))
    holder.execute("ROLLBACK")
    holder.close()
    assert cache.problem is not None
    assert kept(path) == 1


def test_what_was_not_used_for_longest_goes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{number:04d}" for number in range(20)]  # 4 tokens of 16 numbers: 64 + 64 + 32 bytes each
    for day, used in enumerate((texts, texts[:5])):
        monkeypatch.setattr(module, "_today", lambda day=day: 100 + day)
        with EncodingCache(path) as cache:
            list(CachedEncoder(CharacterEncoder(), cache).encode_passages(used))
    with EncodingCache(path, limit=8 * 160) as cache:
        pass
    assert kept(path) == 8
    encoder = CharacterEncoder()
    with EncodingCache(path) as cache:
        list(CachedEncoder(encoder, cache).encode_passages(texts[:5]))
    assert encoder.encoded == []


def test_a_killed_evaluation_leaves_what_it_wrote(path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from tests.fakes import CharacterEncoder
        from yinju.evaluation import cache
        cache._BATCH = 10
        kept = cache.EncodingCache(Path(sys.argv[1]))
        encoder = cache.CachedEncoder(CharacterEncoder(), kept)
        for number, _ in enumerate(encoder.encode_passages([f"text {i}" for i in range(100_000)])):
            if number == 25:
                print("ready", flush=True)
    """)
    command = [sys.executable, "-c", program, str(path)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=root, env=os.environ | {"PYTHONPATH": f"{root}:{root}/src"}
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(signal.SIGKILL)
    encoder = CharacterEncoder()
    with EncodingCache(path) as cache:
        list(CachedEncoder(encoder, cache).encode_passages([f"text {i}" for i in range(20)]))
    assert encoder.encoded == []
