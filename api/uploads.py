"""The bodies documents come in: a form with a file, or JSON with a text. Both go to disk as they come.

The files have no name in any folder: whatever kills the process, nothing of an upload is left lying about.
"""

from __future__ import annotations

import errno
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from api import threads
from api.change_schemas import DocumentForm, DocumentText, VersionForm, VersionText
from api.kinds import BROKEN_FORM, CUT_OFF, NOT_UPLOAD, TOO_LARGE
from api.problems import ProblemError
from api.service import JSON_TYPE
from yinju.errors import StorageFull
from yinju.readers.formats import FORMATS

Form = DocumentForm | VersionForm
Text = DocumentText | VersionText
Body = TypeVar("Body", bound=Form | Text)

TEXTS = tuple(ending for ending, format_ in FORMATS.items() if format_ in ("plain", "markdown", "html"))
_IN_MEMORY = 1024 * 1024  # bytes of an upload, before it goes to disk
_LONGEST_FIELD = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """name, collection: None where the client left them to the service. path: of the bytes, for this process alone.

    is_text: it came as a text, whatever the name says.
    """

    name: str | None
    collection: str | None
    path: Path
    is_text: bool

    def called(self, present: str = "") -> str:
        """Its file's name. present: that of the document it replaces."""
        name = self.name or present
        return name if not self.is_text or name.lower().endswith(TEXTS) else f"{name}.txt"


@asynccontextmanager
async def receive(request: Request, most: int, form: type[Form], text: type[Text]) -> AsyncIterator[Upload]:
    """What the request uploads, as a form or as JSON; kept until the block ends.

    most: bytes a document may have. Raises ProblemError (400, 413, 415), RequestValidationError, StorageFull.
    """
    async with AsyncExitStack() as kept:
        with _failing_plainly():
            body: Form | Text
            if _kind(request.headers) == "multipart/form-data":
                body, file = await _read_form(request, form, kept)
            elif is_json(request.headers):
                body, file = await _read_json(request, text, kept)
            else:
                raise ProblemError(NOT_UPLOAD, "Send a file as multipart/form-data, or a text as application/json.")
            path = await threads.run("store", lambda: _path_of(file, most))
        name = body.file if isinstance(body, DocumentForm | VersionForm) else body.name
        collection = body.collection if isinstance(body, DocumentForm | DocumentText) else None
        yield Upload(name, collection, path, isinstance(body, DocumentText | VersionText))


def is_json(headers: Headers) -> bool:
    return JSON_TYPE.fullmatch(_kind(headers)) is not None


def _kind(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


@contextmanager
def _failing_plainly() -> Iterator[None]:
    try:
        yield
    except MultiPartException as error:
        detail = f"The form can't be read: {error.message.rstrip('.')}. Send one file, in a field called file."
        raise ProblemError(BROKEN_FORM, detail) from error
    except ClientDisconnect as error:
        raise ProblemError(CUT_OFF, "The connection broke off before the end of the body. Send it again.") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFull("There is no room on the disk for an upload. Make room, then send it again.") from error


def _path_of(file: BinaryIO, most: int) -> Path:
    size = file.seek(0, 2)
    if size > most:
        raise ProblemError(TOO_LARGE, too_large(most))
    descriptor = file.fileno()  # a small file is not on disk before its descriptor is asked for
    file.flush()
    return Path(f"/proc/self/fd/{descriptor}")


def too_large(most: int) -> str:
    return f"A document may have {most:,} bytes here. Send a smaller one, or ask who runs the service for more room."


class _Parser(MultiPartParser):
    """Leaves every word as its bytes, and insists on the end of the form."""

    def __init__(self, request: Request) -> None:
        # Otherwise what is not UTF-8 would be read as Latin-1, and nobody could tell it from what is.
        headers = Headers({"content-type": f"{request.headers['content-type']}; charset=latin-1"})
        super().__init__(headers, self._whole(request), max_files=1, max_fields=1, max_part_size=_LONGEST_FIELD)
        self._ended = False

    def on_end(self) -> None:
        self._ended = True

    async def _whole(self, request: Request) -> AsyncGenerator[bytes, None]:
        async for chunk in request.stream():
            yield chunk
        if not self._ended:
            raise ProblemError(BROKEN_FORM, "The form breaks off before its last boundary. Send it again, to its end.")


async def _read_form(request: Request, model: type[Form], kept: AsyncExitStack) -> tuple[Form, BinaryIO]:
    form = await _Parser(request).parse()
    kept.push_async_callback(form.close)
    values, errors = {}, []
    for sent, value in form.multi_items():
        name = _from_utf8(sent)
        is_file = isinstance(value, UploadFile)
        if is_file != (name == "file"):
            kind = "text" if is_file else "a file, sent with its name"
            errors.append({"type": "form", "loc": ("body", name), "msg": f"This must be {kind}"})
        text = _from_utf8((value.filename or "") if isinstance(value, UploadFile) else value, name)
        # Some programs send the whole path, some that of another system.
        values[name] = PureWindowsPath(text).name if is_file else text
    if errors:
        raise RequestValidationError(errors)
    body = _valid(lambda: model.model_validate(values))
    return body, cast(UploadFile, form["file"]).file


def _from_utf8(word: str, *field: str) -> str:
    """word: each character a byte. field: what it is of. Raises RequestValidationError."""
    try:
        return word.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        message = "This is not UTF-8: send the names of files and fields, and what is in the fields, in UTF-8"
        raise RequestValidationError([{"type": "form", "loc": ("body", *field), "msg": message}]) from error


async def _read_json(request: Request, model: type[Text], kept: AsyncExitStack) -> tuple[Text, BinaryIO]:
    spooled = kept.enter_context(SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the stack closes it
    file = UploadFile(cast(BinaryIO, spooled))
    async for chunk in request.stream():
        await file.write(chunk)
    return await threads.run("parse", lambda: _parse(file.file, model))


def _parse(file: BinaryIO, model: type[Text]) -> tuple[Text, BinaryIO]:
    """The body, and the file with the text alone in it."""
    file.seek(0)
    body = _valid(lambda: model.model_validate(_loaded(file.read())))
    file.seek(0)
    file.truncate()
    file.write(body.text.encode())
    return body, file


def _loaded(content: bytes) -> Any:
    """As FastAPI reads the bodies of other routes, so that the same fault is told in the same words."""
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        slip = {"type": "json_invalid", "loc": ("body", error.pos), "ctx": {"error": error.msg}}
        raise RequestValidationError([slip]) from error
    except (ValueError, RecursionError) as error:  # other encodings, numbers of thousands of digits; too deep
        raise HTTPException(400) from error


def _valid(validate: Callable[[], Body]) -> Body:
    """What `validate` gives. Raises RequestValidationError for what pydantic refuses."""
    try:
        return validate()
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error
