"""Pure functions over text: folding for matching, search terms, sentences and clauses, the language of a question."""

from yinju.text.folding import fold, folded, is_traditional
from yinju.text.language import language
from yinju.text.sentences import clauses, sentences
from yinju.text.terms import terms

__all__ = ["clauses", "fold", "folded", "is_traditional", "language", "sentences", "terms"]
