// Documents as the service holds them: fetched once, drawn with their headings, and compared with quotes.

import { getDocument, getText } from "./api.js";
import { el } from "./dom.js";
import { scriptTag } from "./i18n.js";
import { cutMark, marked, pageMark } from "./marks.js";
import { slice, utf16Offsets } from "./offsets.js";

const cache = new Map(); // id → version (0: the newest) → promise

async function fetchDocument(id, version) {
  const meta = await getDocument(id, version);
  // Of that very version, so that words and headings belong together even if a newer one comes in between.
  return { meta, text: await getText(id, meta.version) };
}

function kept(id, version) {
  const versions = cache.get(id) ?? cache.set(id, new Map()).get(id);
  if (!versions.has(version)) {
    const fetched = fetchDocument(id, version);
    versions.set(version, fetched);
    fetched.catch(() => versions.delete(version)); // Asked for again, it is tried again.
  }
  return versions.get(version);
}

/** `{meta, text}` of a document, in the version named or the newest. Rejects with ApiError. */
export const loadDocument = (id, version) => kept(id, version ?? 0);

/** The document was replaced or deleted: what is held of it is not to be trusted. */
export const forgetDocument = (id) => cache.delete(id);

/** Whether the quote and each of its highlights stand in the source, character for character. */
export function isVerbatim(citation, text) {
  const same = ({ start, end }, words) => slice(text, start, end) === words;
  return same(citation, citation.quote) && citation.highlights.every((h) => same(h, h.text));
}

/** Ranges in code points of `text`, with `start` and `end` as UTF-16 indexes and all else kept. */
function inUtf16(text, ranges) {
  const units = utf16Offsets(text, ranges.flatMap((range) => [range.start, range.end]));
  return ranges.map((range, i) => ({ ...range, start: units[2 * i], end: units[2 * i + 1] }));
}

/** The lines of `text` that hold more than white space, as `{start, end}`. */
function* lines(text) {
  for (let start = 0, end = 0; start <= text.length; start = end + 1) {
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    if (text.slice(start, end).trim()) yield { start, end };
  }
}

/** For each line its heading, or null. A lead-in that runs on in its own line leaves that line a paragraph. */
function headingFinder(text, headings) {
  let next = 0;
  return ({ start, end }) => {
    while (next < headings.length && headings[next].end <= start) next += 1;
    const heading = headings[next];
    if (!heading || heading.start >= end) return null;
    return /^[\s#]*$/.test(text.slice(heading.end, end)) ? heading : null;
  };
}

/**
 * The document's text, a paragraph or heading a line, with `ranges` (code points, kind "quote" or "hit") marked,
 * and a note wherever the text breaks off or a page begins.
 * `top`: the heading level the document's highest headings get. Headings carry the id "h-START" (code points).
 */
export function drawDocument({ meta, text }, ranges, top) {
  const headings = inUtf16(text, meta.headings.map((heading) => ({ ...heading, id: `h-${heading.start}` })));
  const headingOf = headingFinder(text, headings);
  const marks = inUtf16(text, ranges);
  const notes = notesOf(text, meta);
  const body = el("div", { class: "document-text", lang: scriptTag(text.slice(0, 2000)) || null });
  for (const line of lines(text)) {
    const heading = headingOf(line);
    while (notes.length && notes[0].page && notes[0].at <= line.start) body.append(el("p", { class: "page-break" }, notes.shift().node));
    const words = lineNodes(text, marks, notes, line);
    if (heading) body.append(el(`h${Math.min(6, top + Math.max(heading.level, 1) - 1)}`, { id: heading.id }, words));
    else body.append(el("p", { class: isTitle(text, line, meta, body) ? "document-title" : null }, words));
  }
  return body;
}

/** The page's own words among the document's, in order: where it breaks off, and where its pages begin (UTF-16). */
function notesOf(text, { cuts, pages }) {
  const [cutsAt, pagesAt] = [utf16Offsets(text, cuts), utf16Offsets(text, pages ?? [])];
  const notes = [
    ...cutsAt.map((at) => ({ at, node: cutMark() })),
    ...pagesAt.map((at, i) => ({ at, page: i + 1, node: pageMark(i + 1) })),
  ];
  return notes.sort((a, b) => a.at - b.at);
}

/** A line's words, with the `notes` that fall into it taken from the list. */
function lineNodes(text, marks, notes, { start, end }) {
  const nodes = [];
  let from = start;
  while (notes.length && notes[0].at <= end) {
    const { at, node } = notes.shift();
    if (at <= start) continue;
    nodes.push(...marked(text, marks, from, at), node);
    from = at;
  }
  return [...nodes, ...marked(text, marks, from, end)];
}

/** Whether a line is, or continues, the title the document opens with. */
function isTitle(text, { start, end }, meta, body) {
  const opening = !body.querySelector(":scope > :not(.document-title):not(.page-break)");
  return opening && squeeze(meta.title).includes(squeeze(text.slice(start, end).replace(/^#+/, "")));
}

const squeeze = (words) => words.replace(/\s+/g, "");

/** Scroll `frame` (an element that scrolls, or null for the page) so that its first mark is in its upper part. */
export function showFirstMark(body, frame) {
  const mark = body.querySelector("mark.hit") ?? body.querySelector("mark");
  if (!mark) return;
  const box = mark.getBoundingClientRect();
  if (frame) frame.scrollTop += box.top - frame.getBoundingClientRect().top - frame.clientHeight * 0.3;
  else window.scrollBy(0, box.top - window.innerHeight * 0.3);
}
