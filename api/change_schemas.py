"""What goes over the wire when documents come, change and go."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, WithJsonSchema

from api.names import CollectionName, FileName
from api.problems import Problem
from api.schemas import Request
from yinju.records import DEFAULT_COLLECTION, JobKind, JobState

# In a form that was read, the name of the file stands for the file.
File = Annotated[
    FileName,
    WithJsonSchema({"type": "string", "contentMediaType": "application/octet-stream"}),
    Field(description="The file, with its name: PDF, DOCX, XLSX, PPTX, HTML, Markdown or plain text."),
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, pattern=r"\S"),
    Field(description="What the document holds.", examples=["全年开办青年夜校12期。"]),
]
Into = Annotated[CollectionName, Field(description="The collection to put it in.")]


class DocumentForm(Request):
    file: File
    collection: Into = DEFAULT_COLLECTION


class DocumentText(Request):
    name: Annotated[
        FileName,
        Field(
            description="What the document's file is called: `.md` for Markdown, `.html` for a web page. Where the "
            "ending is none of a text's, `.txt` is added.",
            examples=["年度总结.txt"],
        ),
    ]
    text: Text
    collection: Into = DEFAULT_COLLECTION


class VersionForm(Request):
    file: File


class VersionText(Request):
    text: Text
    name: Annotated[FileName | None, Field(description="Left out or null: the name it has.")] = None


class Progress(BaseModel):
    stage: Annotated[str, Field(description="What is being done.", examples=["encode"])]
    done: int
    total: Annotated[int, Field(description="Of the stage; 0 where that is not known.")]


class Job(BaseModel):
    """A document on its way into the index."""

    id: str
    kind: JobKind
    state: Annotated[
        JobState, Field(description="`queued`, `running`, `indexing` (stored, not asked yet), then `done` or `failed`.")
    ]
    progress: Progress
    name: str
    collection: str
    document_id: Annotated[str | None, Field(description="The document it makes or changes; null until it has an id.")]
    version: int | None
    created: Annotated[bool, Field(description="False where the same bytes were there already.")]
    error: Annotated[Problem | None, Field(description="Why it failed.")]
    created_at: str
    updated_at: str


class Accepted(BaseModel):
    job: Job


class Removal(BaseModel):
    """What was removed: passages and vectors of the last version, and how many versions' texts."""

    document_id: str
    passages: int
    vectors: int
    versions: int
