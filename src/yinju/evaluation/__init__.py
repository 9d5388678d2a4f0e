"""How good the answers are: figures over a file of questions with known answers.

What counts:

- A quote or passage counts only if it is its document's own stored text at its offsets, at most 400 and 700
  characters long.
- A text *holds the evidence* when a whole evidence sentence is in it (white space ignored), or when it contains the
  gold answer (every one where `all_of`) together with at least half of an evidence sentence's 8-character windows.
- hit1, hit3, hit5: a passage among the first 1, 3, 5 holds the evidence.
- answer: answered, and the gold answer is in a verified quote or in the answer's text.
- cite1: the first citation is verified and holds the evidence. precision: the share of an answer's citations that
  hold it. load: quoted characters divided by evidence characters. evidence: the share of evidence sentences quoted.
- span: a highlight of a verified quote is the gold answer, or holds it with at most 6 characters more (questions with
  a single answer only).
- citation recall: the share of all gold evidence sentences that were quoted. citation precision: the share of all
  citations that hold evidence; those that answer an unanswerable question hold none.
- calibration: an answer is right where the gold answer was given and a citation holds the evidence. What was refused
  is asked again without a threshold, to see whether the evidence held back was right.
- kept: answerable questions not refused. refused: status not_found. AUROC is over `confidence`.
"""

from yinju.evaluation.answers import Judgement, judge
from yinju.evaluation.asking import Answering, Evaluation, evaluate
from yinju.evaluation.questions import Question, off_topic, read_questions
from yinju.evaluation.report import figures, lines, misses, to_json
from yinju.evaluation.summary import summarise

__all__ = [
    "Answering",
    "Evaluation",
    "Judgement",
    "Question",
    "evaluate",
    "figures",
    "judge",
    "lines",
    "misses",
    "off_topic",
    "read_questions",
    "summarise",
    "to_json",
]
