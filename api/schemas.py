"""What goes over the wire. Offsets are Unicode code points into a document's text, end exclusive."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.names import CollectionNames
from yinju.records import Reason, Role, Status

Mode = Literal["extractive", "generative"]

Question = Annotated[
    str,
    # The pattern says in the schema what trimming means for a question of white space alone.
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"\S"),
    Field(description="1 to 2,000 characters after trimming, in any language.", examples=["开办了多少期青年夜校？"]),
]


def _whole(value: object) -> object:
    """JSON has one kind of number: 5.0 is the integer 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


TopK = Annotated[int, Field(ge=1, le=50, description="How many passages to return at most."), BeforeValidator(_whole)]
DocumentIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=500)]],
    Field(min_length=1, max_length=1000, description="Look in these documents only; left out or null: in all."),
]


def _example(schema: dict[str, Any], model: type[BaseModel]) -> None:
    if "question" in model.model_fields:
        schema["examples"] = [{"question": "开办了多少期青年夜校？", "top_k": 5}]


class Request(BaseModel):
    """A body whose fields are all known and of exactly the type stated."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, json_schema_extra=_example)


class Turn(Request):
    role: Role
    content: Annotated[str, StringConstraints(max_length=20_000)]


class SearchRequest(Request):
    question: Question
    top_k: TopK = 5
    document_ids: DocumentIds | None = None
    collection: Annotated[
        CollectionNames | None,
        Field(
            description="Look in this collection, or in these; left out or null: in `default`, or with `document_ids` "
            "wherever those are, or in all that the key is limited to."
        ),
    ] = None


class AskRequest(SearchRequest):
    history: Annotated[
        list[Turn], Field(max_length=50, description="The conversation before this question, oldest turn first.")
    ] = []
    mode: Annotated[
        Mode | None, Field(description="Left out or null: generative where a language model is configured.")
    ] = None
    stream: Annotated[bool, Field(description="Answer as `text/event-stream`.")] = False


class Highlight(BaseModel):
    start: int
    end: int
    text: str


class Citation(BaseModel):
    """A verbatim quote: `quote` is the document's text from `start` to `end`."""

    number: int
    document_id: str
    title: str
    document_date: str | None
    heading: list[str]
    page: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    highlights: list[Highlight]
    text_sha256: str
    version: Annotated[int, Field(description="Of the document; it stays readable when a newer one replaces it.")]
    cut: Annotated[bool, Field(description="The source itself breaks off where the quote ends.")]
    url: str


class Passage(BaseModel):
    """A passage near the question. `score` and `signals` are 0 to 1, higher is better."""

    passage_id: str
    document_id: str
    version: Annotated[int, Field(description="Of the document.")]
    title: str
    heading: list[str]
    page: int | None
    text: str
    start: int
    end: int
    score: float
    signals: dict[str, float]


class Timing(BaseModel):
    """Milliseconds."""

    encode: float
    search: float
    total: float


class AnswerDone(BaseModel):
    """The answer object without what a stream has already sent."""

    id: str
    status: Status
    reason: Reason | None
    mode: Mode
    language: Annotated[str, Field(description="The question's BCP 47 tag.")]
    confidence: Annotated[
        float, Field(description="The probability, 0 to 1, that the documents hold the answer and the quotes show it.")
    ]
    timing_ms: Timing


class Answer(AnswerDone):
    answer: str
    citations: list[Citation]
    passages: list[Passage]


class Passages(BaseModel):
    passages: list[Passage]


class Delta(BaseModel):
    text: str


class CitationEvent(BaseModel):
    citation: Citation


class Document(BaseModel):
    id: str
    collection: str
    title: str
    document_date: Annotated[str | None, Field(description="ISO 8601, as precise as the document states it.")]
    name: str
    characters: int
    passages: Annotated[int, Field(description="How many answer questions; 0 for a version that was replaced.")]
    version: int
    text_sha256: str
    added_at: str
    updated_at: str


class Heading(BaseModel):
    text: str
    level: int
    start: int
    end: int


class DocumentDetail(Document):
    headings: list[Heading]
    cuts: Annotated[list[int], Field(description="Offsets at which the text breaks off in mid-sentence.")]
    pages: Annotated[
        list[int], Field(description="The offset each page starts at; empty where the format has no pages.")
    ]


class Documents(BaseModel):
    documents: list[Document]
    next: Annotated[str | None, Field(description="The cursor of the next page; null on the last one.")]


class Health(BaseModel):
    status: Literal["alive", "ready"]


class Version(BaseModel):
    version: int
    title: str
    text_sha256: str
    stored_at: str


class Versions(BaseModel):
    versions: Annotated[list[Version], Field(description="Oldest first; the last one answers questions.")]


class Collection(BaseModel):
    name: str
    documents: int
    passages: int


class Collections(BaseModel):
    collections: Annotated[list[Collection], Field(description="Those the key reaches, ordered by name.")]
