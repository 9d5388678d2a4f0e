"""The catalogue's tables.

versions: every text a document ever had, so that a link to a replaced one stays true. originals: the bytes of uploads,
of the newest version and of what waits in `jobs`. encodings: which documents' newest version was split and encoded by
which encoder and splitter; several may be kept side by side. tombstones: ids never given again. withdrawn: what a
person deleted, so that no folder brings the same bytes back. digest: over the other columns of the row.

SQLite reads a row from its front: what is long comes last, or a look at the rest reads megabytes of text.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,
    mark TEXT NOT NULL
) STRICT;
CREATE TABLE documents (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    root TEXT,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (root, name)
) STRICT;
CREATE INDEX documents_by_collection ON documents (collection);
CREATE TABLE originals (
    key INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE versions (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    date TEXT,
    characters INTEGER NOT NULL,
    bytes_sha256 TEXT NOT NULL,
    structure TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    stored_at TEXT NOT NULL,
    original TEXT REFERENCES originals (sha256),
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    blocks TEXT NOT NULL,
    pages TEXT NOT NULL,
    PRIMARY KEY (document, version)
) STRICT;
CREATE INDEX versions_by_bytes ON versions (bytes_sha256);
CREATE INDEX versions_by_original ON versions (original) WHERE original IS NOT NULL;
CREATE TABLE origins (
    key INTEGER PRIMARY KEY,
    encoder TEXT NOT NULL,
    splitter TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (encoder, splitter, dimension)
) STRICT;
CREATE TABLE encodings (
    key INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    origin INTEGER NOT NULL REFERENCES origins (key) ON DELETE CASCADE,
    UNIQUE (document, origin)
) STRICT;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    encoding INTEGER NOT NULL REFERENCES encodings (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    UNIQUE (encoding, ordinal)
) STRICT;
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    pooled BLOB NOT NULL,
    tokens BLOB NOT NULL,
    offsets BLOB NOT NULL,
    sentences BLOB NOT NULL DEFAULT x'',
    sentence_pooled BLOB NOT NULL DEFAULT x'',
    sentence_tokens BLOB NOT NULL DEFAULT x'',
    sentence_offsets BLOB NOT NULL DEFAULT x'',
    digest BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE TABLE tombstones (
    id TEXT PRIMARY KEY,
    bytes_sha256 TEXT NOT NULL,
    deleted_at TEXT NOT NULL
) STRICT;
CREATE TABLE withdrawn (
    bytes_sha256 TEXT PRIMARY KEY
) STRICT;
CREATE TABLE jobs (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    name TEXT NOT NULL,
    collection TEXT NOT NULL,
    document_id TEXT,
    version INTEGER,
    created INTEGER NOT NULL,
    original TEXT REFERENCES originals (sha256),
    if_match TEXT,
    actor TEXT NOT NULL,
    reason TEXT,
    detail TEXT,
    idempotency TEXT UNIQUE,
    request TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_original ON jobs (original) WHERE original IS NOT NULL;
CREATE TABLE removals (
    idempotency TEXT PRIMARY KEY,
    document_id TEXT NOT NULL,
    passages INTEGER NOT NULL,
    vectors INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    removed_at TEXT NOT NULL
) STRICT;
CREATE TABLE audit (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    document_id TEXT NOT NULL,
    version INTEGER,
    bytes_sha256 TEXT
) STRICT;
"""


def statements(script: str) -> list[str]:
    """The single statements of a script that holds no semicolon elsewhere."""
    return [statement for statement in script.split(";") if statement.strip()]
