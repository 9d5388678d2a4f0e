"""Small question files in SQuAD's format."""

from __future__ import annotations

import json
from pathlib import Path


def squad(path: Path, *paragraphs: tuple[str, list[str]]) -> Path:
    """A file of (paragraph, its questions); the questions are numbered through, and that is their ids."""
    number = 0
    listed = []
    for context, questions in paragraphs:
        qas = [{"id": str(number + i), "question": question, "answers": []} for i, question in enumerate(questions)]
        number += len(qas)
        listed.append({"context": context, "qas": qas})
    path.write_text(json.dumps({"data": [{"paragraphs": listed}]}, ensure_ascii=False), "utf-8")
    return path
