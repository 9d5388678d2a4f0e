// Text with parts of it marked. Marks are `{start, end, kind}` in UTF-16 units, kind "quote" or "hit".

import { el } from "./dom.js";
import { languageTag, t } from "./i18n.js";

const STRONGER = ["hit", "quote"];

function kindAt(marks, from, to) {
  return STRONGER.find((kind) => marks.some((m) => m.kind === kind && m.start <= from && to <= m.end));
}

/** Says that the source itself breaks off: the page's words, never part of a quote or of what is selected. */
export const cutMark = () => el("span", { class: "cut", role: "note", lang: languageTag() }, t("cite.cut"));

/** Says where a page of the source begins. */
export const pageMark = (n) => el("span", { class: "page-mark", role: "note", lang: languageTag() }, t("cite.page", { n }));

/** Nodes for `text.slice(start, end)`: plain text nodes, and <mark> elements where a mark lies. */
export function marked(text, marks, start = 0, end = text.length) {
  const inside = marks.filter((mark) => mark.start < end && mark.end > start);
  const cuts = new Set([start, end]);
  for (const mark of inside) cuts.add(Math.max(mark.start, start)).add(Math.min(mark.end, end));
  const places = [...cuts].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < places.length; i += 1) {
    const piece = text.slice(places[i], places[i + 1]);
    const kind = kindAt(inside, places[i], places[i + 1]);
    nodes.push(kind ? el("mark", { class: kind }, piece) : document.createTextNode(piece));
  }
  return nodes;
}
