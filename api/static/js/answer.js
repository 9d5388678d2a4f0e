// The words of an answer: its [1] markers as buttons, the answering characters set off.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { marked } from "./marks.js";
import { utf16Offsets } from "./offsets.js";

/** Where each citation's quote stands in the answer, in UTF-16 units. */
function quotesIn(answer, citations) {
  return citations
    .map((citation) => ({ citation, start: answer.indexOf(citation.quote) }))
    .filter(({ start }) => start >= 0)
    .map(({ citation, start }) => ({ citation, start, end: start + citation.quote.length }));
}

function highlightMarks({ citation, start }) {
  const points = citation.highlights.flatMap((h) => [h.start - citation.start, h.end - citation.start]);
  const units = utf16Offsets(citation.quote, points);
  return citation.highlights.map((_, i) => ({ kind: "hit", start: start + units[2 * i], end: start + units[2 * i + 1] }));
}

/** Nodes for `answer`; `open(number)` is called when a marker is used. A "[1]" inside a quote is the source's own. */
export function answerNodes(answer, citations, open) {
  const quotes = quotesIn(answer, citations);
  const marks = quotes.flatMap(highlightMarks);
  const known = new Set(citations.map((citation) => citation.number));
  const nodes = [];
  let from = 0;
  for (const found of answer.matchAll(/\[(\d{1,3})\]/g)) {
    const number = Number(found[1]);
    const quoted = quotes.some((quote) => quote.start <= found.index && found.index < quote.end);
    if (quoted || !known.has(number)) continue;
    nodes.push(...marked(answer, marks, from, found.index), marker(number, open));
    from = found.index + found[0].length;
  }
  return [...nodes, ...marked(answer, marks, from)];
}

function marker(number, open) {
  const attributes = { type: "button", class: "marker", "aria-label": t("cite.label", { n: number }), "data-cite": number };
  return el("button", { ...attributes, onclick: () => open(number) }, `[${number}]`);
}
