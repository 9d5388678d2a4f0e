// Which language the page speaks, and its words.

import { STRINGS } from "./strings.js";

const KEY = "yinju.language";
const TAGS = { zh: "zh-Hans", en: "en" };

/** The first language of the browser's list that the page speaks; English for all others. */
export function preferred(languages) {
  for (const tag of languages) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary in STRINGS) return primary;
  }
  return "en";
}

function chosen() {
  const saved = read();
  return saved in STRINGS ? saved : preferred(navigator.languages ?? [navigator.language]);
}

// Storage may be forbidden by policy; the choice then lasts as long as the page.
function read() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

let current = chosen();

export const language = () => current;
export const languageTag = () => TAGS[current];

/** The words for `key`, with {name} replaced from `values`. */
export function t(key, values = {}) {
  const words = STRINGS[current][key];
  if (words === undefined) throw new Error(`No words for "${key}" in ${current}: add them to strings.js`);
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export function number(value) {
  return new Intl.NumberFormat(TAGS[current]).format(value);
}

export function percent(probability) {
  // 100 % and 0 % would claim a certainty no estimate has.
  return Math.min(99, Math.max(1, Math.round(probability * 100)));
}

/** A date as the document states it ("2025", "2025-10" or "2025-10-27"), in the page's language. */
export function date(iso) {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(iso ?? "");
  if (!parts) return iso ?? "";
  const [, year, month, dayOfMonth] = parts;
  const options = { year: "numeric", timeZone: "UTC" };
  if (month) options.month = "long";
  if (dayOfMonth) options.day = "numeric";
  const day = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(dayOfMonth ?? 1)));
  return new Intl.DateTimeFormat(locale(), options).format(day);
}

const locale = () => (current === "zh" ? "zh-CN" : "en-GB");

/** A moment (ISO 8601), to the minute, where this browser is. */
export function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(at);
}

/** The day of a moment. */
export function day(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(at);
}

/** A file's size, as people say it. */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const options = { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step ? 1 : 0 };
  return new Intl.NumberFormat(locale(), options).format(bytes / 1000 ** step);
}

/** Fill every element that names its words by data-t, data-t-label, data-t-placeholder or data-t-title. */
export function translate(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  const attributes = { tLabel: "aria-label", tPlaceholder: "placeholder", tTitle: "title" };
  for (const [data, attribute] of Object.entries(attributes)) {
    const selector = `[data-${data.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}]`;
    for (const node of root.querySelectorAll(selector)) node.setAttribute(attribute, t(node.dataset[data]));
  }
  document.documentElement.lang = languageTag();
}

export function switchLanguage() {
  current = current === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(KEY, current);
  } catch {
    // Kept for this page only, as in read().
  }
  translate();
  document.dispatchEvent(new CustomEvent("yinju:language"));
}

/** The language tag to give text from a document, so that the right glyphs are chosen; "" when unsure. */
export function scriptTag(text) {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return "ja";
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  return /\p{Script=Han}/u.test(text) ? "zh-Hans" : "";
}
