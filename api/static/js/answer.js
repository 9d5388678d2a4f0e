// The words of an answer: its [1] markers as buttons, the answering characters set off.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { cutMark, marked } from "./marks.js";
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
  const parts = [...cutsIn(quotes), ...markersIn(answer, citations, quotes, open)];
  parts.sort((a, b) => a.start - b.start || a.end - b.end);
  const nodes = [];
  let from = 0;
  for (const { start, end, node } of parts) {
    nodes.push(...marked(answer, marks, from, start), node);
    from = end;
  }
  return [...nodes, ...marked(answer, marks, from)];
}

/** What goes in where a quote ends because its source does: `{start, end, node}`, replacing nothing. */
function cutsIn(quotes) {
  const ends = new Set(quotes.filter(({ citation }) => citation.cut).map(({ end }) => end));
  return [...ends].map((end) => ({ start: end, end, node: cutMark() }));
}

/** The markers, as `{start, end, node}`. */
function markersIn(answer, citations, quotes, open) {
  const known = new Set(citations.map((citation) => citation.number));
  const quoted = (at) => quotes.some(({ start, end }) => start <= at && at < end);
  return [...answer.matchAll(/\[(\d{1,3})\]/g)]
    .map((found) => ({ start: found.index, end: found.index + found[0].length, number: Number(found[1]) }))
    .filter(({ start, number }) => known.has(number) && !quoted(start))
    .map(({ start, end, number }) => ({ start, end, node: marker(number, open) }));
}

function marker(number, open) {
  const attributes = { type: "button", class: "marker", "aria-label": t("cite.label", { n: number }), "data-cite": number };
  return el("button", { ...attributes, onclick: () => open(number) }, `[${number}]`);
}
