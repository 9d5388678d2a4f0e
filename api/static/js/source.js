// The source page: a whole document, opened at #char=a,b.

import { takeKeys } from "./access.js";
import { ApiError, BASE, getVersions, sourceHref } from "./api.js";
import { startChrome } from "./chrome.js";
import { copyText } from "./clipboard.js";
import { drawDocument, forgetDocument, loadDocument, showFirstMark } from "./documents.js";
import { byId, el } from "./dom.js";
import { deletedText, errorText } from "./failures.js";
import { date, number, scriptTag, t } from "./i18n.js";
import { parseRange } from "./offsets.js";
import { askedVersion, drawVersions } from "./versions.js";

startChrome();
let shown = null; // `{meta, text}`, once loaded
let versions = []; // of the document, oldest first; none where it has but one
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
  const version = versions.length > 1 && t("source.version_of", { n: meta.version, total: versions.length });
  const pages = meta.pages.length > 0 && t("source.pages", { n: number(meta.pages.length) });
  return [when, version, pages, t("source.whole", { n: number(meta.characters) }), meta.name].filter(Boolean).join(" · ");
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
  drawVersions(meta.id, meta.version, versions);
  drawRange();
}

/** Mark and show the range the address names. */
function drawRange() {
  const named = parseRange(window.location.hash);
  const range = named && named.end <= shown.meta.characters ? named : null;
  const body = drawDocument(shown, range ? [{ ...range, kind: "quote" }] : [], 2);
  byId("text").replaceChildren(body);
  byId("jump").hidden = !range;
  byId("range").textContent = range ? rangeText(range) : "";
  if (named === undefined || (named && !range)) say(t("source.bad_range"));
  else byId("state").hidden = true;
  if (range) showFirstMark(body, null);
}

function rangeText(range) {
  const words = t("source.range", { a: number(range.start + 1), b: number(range.end) });
  const page = shown.meta.pages.filter((start) => start <= range.start).length;
  return page ? `${words} · ${t("cite.page", { n: page })}` : words;
}

function say(...sentences) {
  byId("state").hidden = false;
  byId("state").replaceChildren(...sentences.map((words) => el("p", {}, words)));
}

function drawFailure() {
  const { kind, status, reason } = failed;
  if (status === 410) return drawMissing("source.deleted", deletedText(failed));
  if (reason === "unknown-version") {
    drawMissing("source.no_version", t("source.no_version.text"));
    return byId("state").append(el("a", { class: "button", href: sourceHref(documentId()) }, t("source.newest")));
  }
  if (kind === "problem" && [404, 422].includes(status)) return drawMissing("source.missing", t("source.missing.text"));
  entitle(t("source.failed"));
  say(errorText(failed));
  return byId("state").append(el("button", { type: "button", class: "button", onclick: load }, t("error.retry")));
}

function drawMissing(title, words) {
  entitle(t(title));
  say(words);
  byId("state").append(el("a", { class: "button", href: BASE.href }, t("source.home")));
}

function entitle(words) {
  byId("title").textContent = words;
  byId("title").removeAttribute("lang");
  document.title = `${words} · ${t("app.name")}`;
}

async function load() {
  failed = null;
  draw();
  try {
    await loadVersion(documentId(), askedVersion());
  } catch (error) {
    if (error.name !== "ApiError") throw error;
    failed = error;
  }
  draw();
}

/** Rejects with ApiError. */
async function loadVersion(id, version) {
  if (!id) throw new ApiError("problem", { status: 404, reason: "unknown-document" });
  if (version === "") {
    await loadDocument(id); // A wrong version is nothing to speak of where the document itself is not there.
    throw new ApiError("problem", { status: 404, reason: "unknown-version" });
  }
  forgetDocument(id);
  const found = await loadDocument(id, version);
  versions = version !== null || found.meta.version > 1 ? await getVersions(id) : [];
  shown = found;
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
takeKeys();
load();
