// One question with its answer, drawn from the turn's state alone.

import { sourceHref } from "./api.js";
import { answerNodes } from "./answer.js";
import { collectionName } from "./collections.js";
import { isVerbatim, loadDocument } from "./documents.js";
import { el, icon, ICONS } from "./dom.js";
import { failureText, saidDetails } from "./failures.js";
import { date, number, percent, scriptTag, t } from "./i18n.js";
import { cutMark, marked } from "./marks.js";
import { utf16Offsets } from "./offsets.js";

/**
 * An <article> for `turn`. `act` holds what its buttons do:
 * `citation(turn, number)`, `passage(passage)`, `retry(turn)`, `copy(turn, button)`, `print(article)`, `reports()`.
 */
export function drawTurn(turn, act) {
  const article = el("article", { class: `turn turn-${turn.state}` });
  article.append(el("h2", { class: "question" }, el("span", { class: "sr-only" }, t("copy.question")), turn.question));
  if (turn.within && !turn.everywhere) {
    const names = turn.within.map(collectionName).join(t("list.comma"));
    article.append(el("p", { class: "remark asked-in" }, t("turn.within", { names })));
  }
  if (turn.state === "running" && !turn.answer) {
    article.append(el("p", { class: "searching" }, t("turn.searching")));
    return article;
  }
  if (turn.status === "not_found") article.append(...notFound(turn, act));
  else if (turn.answer) article.append(answerText(turn, act));
  if (turn.status === "answered") article.append(...answered(turn, act));
  if (turn.state !== "done" && turn.state !== "running") article.append(failure(turn, act));
  if (turn.state === "done") article.append(actions(turn, article, act));
  return article;
}

function answerText(turn, act) {
  const open = (number) => act.citation(turn, number);
  // An answer is in the language of what it quotes; a refusal quotes nothing and is in the question's.
  const quoted = turn.status === "not_found" ? "" : scriptTag(turn.answer);
  const lang = quoted || turn.language || null;
  return el("div", { class: "answer", lang }, answerNodes(turn.answer, turn.citations, open));
}

function answered(turn, act) {
  const parts = [confidence(turn)];
  if (turn.mode === "generative") parts.push(el("p", { class: "remark" }, t("turn.generative")));
  const list = el("ol", { class: "sources" }, turn.citations.map((citation) => source(turn, citation, act)));
  parts.push(el("section", {}, el("h3", {}, t("turn.sources")), list));
  const other = turn.passages.filter((passage) => !turn.citations.some((c) => c.passage_id === passage.passage_id));
  if (other.length) {
    const title = el("summary", {}, t("related.title", { n: other.length }));
    parts.push(el("details", { class: "related" }, title, passageList(other, act)));
  }
  return parts;
}

/** 4 (very confident) to 1. */
export function confidenceLevel(probability) {
  return [0.6, 0.75, 0.9].filter((bound) => probability >= bound).length + 1;
}

function confidence(turn) {
  const level = confidenceLevel(turn.confidence);
  const hint = t("confidence.hint", { n: percent(turn.confidence) });
  const bars = el("span", { class: "bars", "aria-hidden": "true" }, [1, 2, 3, 4].map((i) => el("i", { class: i <= level ? "on" : null })));
  const words = el("span", {}, t(`confidence.${level}`), el("span", { class: "sr-only" }, ` (${hint})`));
  return el("p", { class: `confidence level-${level}`, title: hint }, bars, words);
}

function place(item) {
  const parts = [item.heading.join(" › ")];
  if (item.page) parts.push(t("cite.page", { n: item.page }));
  return parts.filter(Boolean).join(" · ");
}

/** Title, date (where the document states one) and heading path of a citation or passage. */
export function origin(item) {
  const when = item.document_date && date(item.document_date);
  const first = el("span", { class: "origin-title", lang: scriptTag(item.title) || null }, item.title);
  const second = [when, place(item)].filter(Boolean).join(" · ");
  return el("p", { class: "origin" }, first, second && el("span", { class: "origin-place" }, second));
}

function source(turn, citation, act) {
  const points = citation.highlights.flatMap((h) => [h.start - citation.start, h.end - citation.start]);
  const units = utf16Offsets(citation.quote, points);
  const marks = citation.highlights.map((_, i) => ({ kind: "hit", start: units[2 * i], end: units[2 * i + 1] }));
  const quote = el("blockquote", { lang: scriptTag(citation.quote) || null }, marked(citation.quote, marks));
  const words = el("div", { class: "quoted" }, quote, citation.cut ? cutMark() : null);
  const look = el("button", { type: "button", class: "link", "data-cite": citation.number, onclick: () => act.citation(turn, citation.number) }, t("cite.open"));
  const links = el("p", { class: "source-links" }, look, fullSource(citation), verifiedSign(citation));
  return el("li", { class: "source" }, el("span", { class: "badge", "aria-hidden": "true" }, citation.number), el("div", {}, words, origin(citation), links));
}

export function fullSource(item) {
  return el("a", { class: "full", href: sourceHref(item.document_id, item), target: "_blank", rel: "noopener" }, t("cite.full"));
}

/** Says that the quote is the source's, once it has been compared with the source; until then it is empty. */
export function verifiedSign(citation) {
  const sign = el("span", { class: "verified" });
  const say = (key, isSame) => {
    const values = { a: number(citation.start + 1), b: number(citation.end) };
    sign.classList.add(isSame ? "is-same" : "is-changed");
    sign.title = t(`${key}.hint`, values);
    sign.append(icon(...(isSame ? ICONS.check : ICONS.warn)), t(key));
  };
  loadDocument(citation.document_id, citation.version).then(
    ({ text }) => (isVerbatim(citation, text) ? say("cite.verified", true) : say("cite.changed", false)),
    // Otherwise it could not be compared, and nothing is claimed.
    (error) => (error.status === 410 ? say("cite.deleted", false) : sign.remove()),
  );
  return sign;
}

function passageList(passages, act) {
  return el("ol", { class: "passages" }, passages.map((passage) => {
    const look = el("button", { type: "button", class: "link", onclick: () => act.passage(passage) }, t("cite.open"));
    const words = el("p", { class: "passage-text", lang: scriptTag(passage.text) || null }, passage.text.trim());
    return el("li", {}, words, origin(passage), el("p", { class: "source-links" }, look, fullSource(passage)));
  }));
}

function notFound(turn, act) {
  const lead = el("p", { class: "missing-lead" }, icon(...ICONS.search), t(`missing.${turn.reason}`));
  const parts = [el("div", { class: "missing" }, lead, answerText(turn, act))];
  if (turn.reason === "empty_index") {
    parts.push(el("p", {}, el("button", { type: "button", class: "link", onclick: act.reports }, t("missing.how"))));
  }
  if (turn.passages.length) {
    parts.push(el("section", { class: "nearest" }, el("h3", {}, t("missing.nearest")), passageList(turn.passages, act)));
  }
  return parts;
}

function failure(turn, act) {
  const retry = el("button", { type: "button", class: "button retry", onclick: () => act.retry(turn) }, t("error.retry"));
  const words = failureText(turn).map((sentence) => el("p", {}, sentence));
  return el("div", { class: `failure failure-${turn.state}` }, el("div", {}, words, saidDetails(turn.failure)), retry);
}

function actions(turn, article, act) {
  const copy = el("button", { type: "button", class: "quiet copy" }, icon(...ICONS.copy), el("span", {}, t("turn.copy")));
  copy.addEventListener("click", () => act.copy(turn, copy));
  const print = el("button", { type: "button", class: "quiet", onclick: () => act.print(article) }, icon(...ICONS.print), t("turn.print"));
  return el("p", { class: "actions" }, copy, print);
}
