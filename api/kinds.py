"""The kinds of problem there are. `/problems/{name}` explains each."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    name: str
    status: int
    title: str
    meaning: str


INVALID = Kind(
    "invalid-request", 422, "The request is not valid", "A field is missing, unknown, of another type or out of bounds."
)
REUSED_KEY = Kind(
    "reused-idempotency-key", 422, "The idempotency key was used before",
    "The same `Idempotency-Key` came before with another request.",
)  # fmt: skip
BROKEN_JSON = Kind("broken-json", 400, "The body is not JSON", "The body could not be read as JSON in UTF-8.")
BROKEN_FORM = Kind("broken-form", 400, "The body is not a form", "The body could not be read as multipart/form-data.")
CUT_OFF = Kind("cut-off-upload", 400, "The upload broke off", "The connection ended before the body did.")
NOT_JSON = Kind("not-json", 415, "The body is not declared as JSON", "Bodies are sent as application/json.")
NOT_UPLOAD = Kind(
    "not-an-upload", 415, "The body is not declared as an upload",
    "Documents are sent as multipart/form-data, or their text as application/json.",
)  # fmt: skip
TOO_LARGE = Kind(
    "too-large", 413, "The body is too large",
    "A JSON body holds at most 1 MiB, a document as much as YINJU_MAX_UPLOAD says.",
)  # fmt: skip
UNKNOWN_DOCUMENT = Kind("unknown-document", 404, "No such document", "No document of that id is in the index.")
UNKNOWN_VERSION = Kind("unknown-version", 404, "No such version", "The document never had that version.")
UNKNOWN_COLLECTION = Kind("unknown-collection", 404, "No such collection", "No document is in that collection.")
UNKNOWN_JOB = Kind("unknown-job", 404, "No such job", "No job has that id, or it ended over a day ago.")
UNKNOWN_ADDRESS = Kind("unknown-address", 404, "No such address", "Nothing is served at that address.")
DELETED = Kind("deleted-document", 410, "The document was deleted", "The document was deleted with all its versions.")
CHANGED = Kind(
    "changed-document", 412, "The document has changed", "The document's text is not the one that `If-Match` names."
)
WRONG_METHOD = Kind("wrong-method", 405, "Method not allowed", "The address exists, for the methods in `Allow`.")
UNAVAILABLE_MODE = Kind(
    "unavailable-mode", 409, "Not available here", "This installation has no part for what was asked."
)
NOT_READY = Kind("not-ready", 503, "Not ready", "The model or the index is not open; `detail` says why.")
BUSY = Kind("busy", 503, "The index is busy", "Another process is writing to the index.")
STORAGE_FULL = Kind("storage-full", 503, "No room left", "The disk has no room for what was sent; nothing was stored.")
DAMAGED = Kind("damaged-index", 503, "The index is damaged", "What is stored can't be read as it was written.")
KEY_NEEDED = Kind(
    "key-needed", 401, "A key is needed", "The request came without a key, or with one that is not valid (any more)."
)
OUT_OF_SCOPE = Kind("out-of-scope", 403, "The key does not allow this", "The key lacks the scope `read` or `write`.")
OUT_OF_REACH = Kind(
    "out-of-reach", 403, "The key does not reach this", "The key is for other collections, or there is no such thing."
)
NO_ANONYMOUS = Kind(
    "no-anonymous-access", 403, "No one without a key from elsewhere",
    "The service has no key yet, so it answers this machine alone.",
)  # fmt: skip
CROSS_ORIGIN = Kind(
    "cross-origin", 403, "Another site's page asked", "A page of another site tried to change something here."
)
WRONG_HOST = Kind("wrong-host", 421, "Not served under this name", "The request is for a host this service is not.")
TOO_MANY = Kind("too-many-requests", 429, "Too many requests", "The key, or the address, has asked too often.")
QUEUE_FULL = Kind("queue-full", 503, "Too much to do", "Too many requests are waiting already.")
SLOW_BODY = Kind("slow-body", 408, "The body came too slowly", "The body did not arrive within the time allowed.")
TIMED_OUT = Kind("timed-out", 503, "Not answered in time", "The answer took longer than a request may take.")
INTERNAL = Kind("internal", 500, "Internal error", "The service failed; its log says where.")

KINDS = {
    kind.name: kind
    for kind in (
        INVALID, REUSED_KEY, BROKEN_JSON, BROKEN_FORM, CUT_OFF, NOT_JSON, NOT_UPLOAD, TOO_LARGE, UNKNOWN_DOCUMENT,
        UNKNOWN_VERSION, UNKNOWN_COLLECTION, UNKNOWN_JOB, UNKNOWN_ADDRESS, DELETED, CHANGED, WRONG_METHOD,
        UNAVAILABLE_MODE, NOT_READY, BUSY, STORAGE_FULL, DAMAGED, KEY_NEEDED, OUT_OF_SCOPE, OUT_OF_REACH,
        NO_ANONYMOUS, CROSS_ORIGIN, WRONG_HOST, TOO_MANY, QUEUE_FULL, SLOW_BODY, TIMED_OUT, INTERNAL,
    )
}  # fmt: skip
