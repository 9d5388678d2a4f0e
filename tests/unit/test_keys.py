from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from yinju.access import ANONYMOUS
from yinju.errors import IndexDamaged, InvalidRequest, SettingsError, YinjuError
from yinju.key_file import MARK
from yinju.keys import FILE, SESSION_SECONDS, KeyStore

HALF_A_DAY = SESSION_SECONDS


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> KeyStore:
    return KeyStore(tmp_path / FILE, clock)


def test_a_key_opens_what_it_was_made_for(store: KeyStore) -> None:
    key, text = store.add(" 办公室 ", ["read"], ["年报", "default"])
    access = store.access(text)
    assert access is not None
    assert (access.key_id, access.name) == (key.id, "办公室")
    assert (access.may_read("年报"), access.may_read("other"), access.may_write("年报")) == (True, False, False)
    _, unlimited = store.add("admin", ["read", "write"])
    everything = store.access(unlimited)
    assert everything is not None
    assert everything.may_read("other")
    assert everything.may_write("other")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace("yj_", "YJ_"),
        lambda text: "yj_" + "0" * 12 + text[15:],
        lambda text: text.upper(),
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: "yj_" + "\ud83c" * 12,
        lambda text: text.replace("_", "-"),
        lambda text: "x" * 100_000,
    ],
)
def test_any_other_text_opens_nothing(store: KeyStore, change: Callable[[str], str]) -> None:
    _, text = store.add("a", ["read"])
    other = change(text)
    assert other != text
    assert store.access(other) is None
    assert store.open_session(other) is None


def test_the_secret_of_one_key_does_not_open_another(store: KeyStore) -> None:
    _, first = store.add("a")
    _, second = store.add("b")
    assert store.access(first[:16] + second[16:]) is None


def test_neither_keys_nor_tokens_are_in_the_files_or_in_what_is_shown(store: KeyStore, tmp_path: Path) -> None:
    key, text = store.add("a", ["read"])
    token = store.open_session(text)
    assert token is not None
    secret = text[16:]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert token.encode() not in kept
    assert key.secret_sha256 not in repr(key)
    assert secret not in repr(store.access(text))


def test_a_revoked_key_and_its_sessions_end_at_once_in_every_process(store: KeyStore, tmp_path: Path) -> None:
    key, text = store.add("a")
    token = store.open_session(text)
    assert token is not None
    assert store.session_access(token) is not None
    program = f"from pathlib import Path; from yinju.keys import KeyStore; KeyStore(Path({str(tmp_path / FILE)!r}))"
    subprocess.run([sys.executable, "-c", f"{program}.revoke({key.id!r})"], check=True)
    assert store.access(text) is None
    assert store.session_access(token) is None
    assert store.open_session(text) is None
    (listed,) = store.all_keys()
    assert listed.revoked_at is not None
    assert store.revoke(key.id) == listed


def test_a_session_begun_while_its_key_is_revoked_is_of_no_use(store: KeyStore, tmp_path: Path) -> None:
    key, text = store.add("a")
    token = store.open_session(text)
    assert token is not None
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        (row,) = connection.execute("SELECT * FROM sessions").fetchall()
        store.revoke(key.id)
        with connection:
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", row)
    assert store.session_access(token) is None


def test_a_key_added_elsewhere_is_known_at_once(store: KeyStore, tmp_path: Path) -> None:
    assert not store.exists()
    _, text = KeyStore(tmp_path / FILE).add("a")
    assert store.exists()
    assert store.access(text) is not None


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\0" * 4096)])
def test_a_log_lost_or_torn_revives_no_key(store: KeyStore, tmp_path: Path, harm: Callable[[Path], object]) -> None:
    key, revoked = store.add("a")
    _, kept = store.add("b")
    assert store.access(kept) is not None  # a service has the file open, so that the log is not tidied away
    KeyStore(tmp_path / FILE).revoke(key.id)
    copied = tmp_path / "copy"
    copied.mkdir()
    for path in tmp_path.glob("keys.db*"):
        shutil.copy(path, copied)
    harm(copied / f"{FILE}-wal")
    (copied / f"{FILE}-shm").unlink()
    found = KeyStore(copied / FILE)
    assert found.access(revoked) is None
    assert found.access(kept) is not None


def test_asking_makes_no_file(store: KeyStore, tmp_path: Path) -> None:
    assert (store.exists(), store.all_keys(), store.access("yj_"), store.session_access("")) == (False, [], None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_last_key_revoked_does_not_open_the_service(store: KeyStore, tmp_path: Path) -> None:
    key, _ = store.add("a")
    store.revoke(key.id)
    assert store.exists()
    assert KeyStore(tmp_path / FILE).exists()


def test_a_file_deleted_under_a_running_service_opens_nothing(store: KeyStore, tmp_path: Path) -> None:
    _, text = store.add("a")
    assert store.exists()
    for path in tmp_path.iterdir():
        path.unlink()
    assert store.exists()
    assert store.access(text) is None
    _, new = KeyStore(tmp_path / FILE).add("b")
    assert store.access(new) is not None


def test_a_file_deleted_while_nothing_runs_opens_nothing(store: KeyStore, tmp_path: Path) -> None:
    _, text = store.add("a")
    store.close()
    (tmp_path / FILE).unlink()
    found = KeyStore(tmp_path / FILE)
    with pytest.raises(IndexDamaged, match="yinju keys add"):
        found.exists()
    assert found.access(text) is None
    _, new = found.add("b")
    assert KeyStore(tmp_path / FILE).exists()
    assert found.access(new) is not None


def test_keys_made_before_there_was_a_mark_are_marked_when_they_are_seen(store: KeyStore, tmp_path: Path) -> None:
    store.add("a")
    (tmp_path / MARK).unlink()
    found = KeyStore(tmp_path / FILE)
    assert found.exists()
    found.close()
    (tmp_path / FILE).unlink()
    with pytest.raises(IndexDamaged):
        KeyStore(tmp_path / FILE).exists()


def test_a_session_lasts_half_a_day(store: KeyStore, clock: Clock) -> None:
    _, text = store.add("a")
    token = store.open_session(text)
    assert token is not None
    clock.now += HALF_A_DAY - 1
    assert store.session_access(token) is not None
    clock.now += 1
    assert store.session_access(token) is None


def test_a_clock_set_back_a_little_is_borne_and_far_ends_sessions(store: KeyStore, clock: Clock) -> None:
    _, text = store.add("a")
    token = store.open_session(text)
    assert token is not None
    clock.now -= 60
    assert store.session_access(token) is not None
    clock.now -= 30 * 86_400
    assert store.session_access(token) is None
    again = store.open_session(text)  # takes away the session that would otherwise come back in a month
    assert again is not None
    assert store.session_access(again) is not None
    clock.now += 30 * 86_400
    assert store.session_access(token) is None


def test_a_session_closed_is_closed(store: KeyStore) -> None:
    _, text = store.add("a")
    first, second = store.open_session(text), store.open_session(text)
    assert first is not None
    assert second is not None
    store.close_session(first)
    store.close_session("made up")
    assert store.session_access(first) is None
    assert store.session_access(second) is not None


@pytest.mark.parametrize(
    "name, scopes, collections",
    [
        ("", ["read"], None),
        (" ", ["read"], None),
        ("a\nb", ["read"], None),
        ("a" * 101, ["read"], None),
        ("a", [], None),
        ("a", ["admin"], None),
        ("a", ["read"], []),
        ("a", ["read"], [""]),
        ("a", ["read"], ["b\x1b"]),
    ],
)
def test_what_can_be_no_key_is_refused(
    store: KeyStore, tmp_path: Path, name: str, scopes: list[object], collections: list[str] | None
) -> None:
    with pytest.raises(InvalidRequest):
        store.add(name, scopes, collections)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_id_cannot_be_revoked(store: KeyStore) -> None:
    with pytest.raises(InvalidRequest, match="yinju keys list"):
        store.revoke("none")


def test_a_right_widened_by_a_flipped_bit_is_noticed(store: KeyStore, tmp_path: Path) -> None:
    _, text = store.add("a", ["read"], ["a"])
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("""UPDATE keys SET collections = '["c"]'""")
    with pytest.raises(IndexDamaged, match="yinju keys add"):
        store.access(text)


@pytest.mark.parametrize("length", [0, 1, 100, 4096])
def test_a_torn_file_accepts_no_key_and_is_not_taken_for_none(tmp_path: Path, length: int) -> None:
    _, text = KeyStore(tmp_path / FILE).add("a")
    whole = (tmp_path / FILE).read_bytes()
    assert len(whole) > length
    (tmp_path / FILE).write_bytes(whole[:length])
    torn = KeyStore(tmp_path / FILE)
    for ask in (torn.exists, lambda: torn.access(text), torn.all_keys, lambda: torn.add("b")):
        with pytest.raises(IndexDamaged):
            ask()


def test_a_byte_flipped_anywhere_lets_no_one_in_who_was_not(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / FILE)
    key, revoked = store.add("gone", ["read"])
    store.revoke(key.id)
    _, limited = store.add("limited", ["read"], ["a"])
    right = store.access(limited)
    store.close()
    whole = (tmp_path / FILE).read_bytes()
    answers = 0
    for at in [*range(200), *range(200, len(whole), 7)]:
        (tmp_path / FILE).write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        flipped = KeyStore(tmp_path / FILE)
        for text, known in ((revoked, None), (limited, right)):
            try:
                assert flipped.access(text) in (None, known), at
                answers += 1
            except YinjuError:
                pass
        flipped.close()
        for name in ("-wal", "-shm"):
            (tmp_path / f"{FILE}{name}").unlink(missing_ok=True)
    assert answers > 100  # most bytes of the file say nothing


def test_a_file_of_another_program_or_a_newer_yinju_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("CREATE TABLE keys (id)")
    with pytest.raises(IndexDamaged, match="not one of Yinju"):
        KeyStore(tmp_path / FILE).exists()
    newer = tmp_path / "newer.db"
    KeyStore(newer).add("a")
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(SettingsError, match="newer"):
        KeyStore(newer).exists()


def test_two_processes_that_add_the_first_key_both_succeed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from yinju.keys import KeyStore; sys.stdin.readline();"
        "print(KeyStore(Path(sys.argv[1])).add('a')[1])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / FILE)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    texts = [process.communicate()[0].strip() for process in started]
    store = KeyStore(tmp_path / FILE)
    assert len(store.all_keys()) == 4
    assert all(store.access(text) for text in texts)
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.iterdir()} == {FILE, MARK}


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="YINJU_INDEX"):
        KeyStore(tmp_path / "file" / FILE).add("a")


def test_anonymous_access_is_to_everything() -> None:
    assert ANONYMOUS.anonymous
    assert ANONYMOUS.actor == "anonymous"
    assert ANONYMOUS.may_write("any")


def test_a_file_put_in_place_of_the_open_one_counts(store: KeyStore, tmp_path: Path) -> None:
    _, text = store.add("a")
    assert store.access(text) is not None
    other = tmp_path / "other"
    _, newer = KeyStore(other / FILE).add("b")
    (other / FILE).replace(tmp_path / FILE)
    for name in ("-wal", "-shm"):
        (tmp_path / f"{FILE}{name}").unlink(missing_ok=True)
    assert store.access(text) is None
    assert store.access(newer) is not None
