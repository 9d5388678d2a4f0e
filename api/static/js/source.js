// The source page: a whole document, opened at #char=a,b.

import { BASE } from "./api.js";
import { startChrome } from "./chrome.js";
import { copyText } from "./clipboard.js";
import { drawDocument, loadDocument, showFirstMark } from "./documents.js";
import { byId, el } from "./dom.js";
import { errorText } from "./failures.js";
import { date, number, scriptTag, t } from "./i18n.js";
import { parseRange } from "./offsets.js";

startChrome();
let shown = null; // `{meta, text}`, once loaded
let failed = null; // the ApiError, if it could not be

/** The id in this page's address; "" when it can't be read, which no document has. */
function documentId() {
  try {
    return decodeURIComponent(window.location.pathname.split("/documents/").pop());
  } catch {
    return "";
  }
}

function about(meta) {
  const when = meta.document_date ? date(meta.document_date) : t("cite.date_unknown");
  return [when, t("source.whole", { n: number(meta.characters) }), meta.name].join(" · ");
}

function drawContents(meta) {
  const entry = (h) => el("li", { class: `depth-${Math.min(h.level, 3)}` }, el("a", { href: `#char=${h.start},${h.end}` }, h.text));
  byId("contents-list").replaceChildren(...meta.headings.map(entry));
  byId("contents").hidden = meta.headings.length < 2;
}

function draw() {
  byId("state").hidden = true;
  if (failed) drawFailure();
  else if (shown) drawShown();
  else say(t("source.loading"));
}

function drawShown() {
  const { meta } = shown;
  document.title = `${meta.title} · ${t("app.name")}`;
  byId("title").textContent = meta.title;
  byId("title").lang = scriptTag(meta.title);
  byId("about").textContent = about(meta);
  byId("tools").hidden = false;
  drawContents(meta);
  drawRange();
}

/** Mark and show the range the address names. */
function drawRange() {
  const named = parseRange(window.location.hash);
  const range = named && named.end <= shown.meta.characters ? named : null;
  const body = drawDocument(shown, range ? [{ ...range, kind: "quote" }] : [], 2);
  byId("text").replaceChildren(body);
  byId("jump").hidden = !range;
  byId("range").textContent = range ? t("source.range", { a: number(range.start + 1), b: number(range.end) }) : "";
  if (named === undefined || (named && !range)) say(t("source.bad_range"));
  else byId("state").hidden = true;
  if (range) showFirstMark(body, null);
}

function say(...sentences) {
  byId("state").hidden = false;
  byId("state").replaceChildren(...sentences.map((words) => el("p", {}, words)));
}

function drawFailure() {
  const missing = failed.kind === "problem" && [404, 410, 422].includes(failed.status);
  byId("title").textContent = t(missing ? "source.missing" : "source.failed");
  document.title = `${byId("title").textContent} · ${t("app.name")}`;
  if (missing) {
    say(t("source.missing.text"));
    byId("state").append(el("a", { class: "button", href: BASE.href }, t("source.home")));
    return;
  }
  say(errorText(failed));
  byId("state").append(el("button", { type: "button", class: "button", onclick: load }, t("error.retry")));
}

async function load() {
  failed = null;
  draw();
  try {
    shown = await loadDocument(documentId());
  } catch (error) {
    if (error.name !== "ApiError") throw error;
    failed = error;
  }
  draw();
}

byId("copy-link").addEventListener("click", async () => {
  const copied = await copyText(window.location.href);
  byId("copy-link").textContent = t(copied ? "source.link_copied" : "turn.copy_failed");
  setTimeout(() => (byId("copy-link").textContent = t("source.copy_link")), 2500);
});
byId("jump").addEventListener("click", () => showFirstMark(byId("text"), null));
byId("print").addEventListener("click", () => window.print());
window.addEventListener("hashchange", () => shown && drawRange());
document.addEventListener("yinju:language", draw);
load();
