// Answers and links as plain text on the clipboard.

import { sourceHref } from "./api.js";
import { el, modalDialog } from "./dom.js";
import { date, t } from "./i18n.js";

/** Put `text` on the clipboard; resolves to whether that worked. */
export async function copyText(text) {
  // The clipboard interface exists only on https and localhost; on a plain intranet address the old way has to do.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted: fall through.
    }
  }
  return copyBySelection(text);
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = el("textarea", { class: "off-screen", readonly: true, "aria-hidden": "true", tabindex: -1 });
  area.value = text;
  // An open modal dialog makes everything outside it inert, and inert text can't be selected.
  (modalDialog() ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

function reference(item) {
  const page = item.page && t("cite.page", { n: item.page });
  const parts = [item.title, item.document_date && date(item.document_date), item.heading.join(" › "), page];
  return parts.filter(Boolean).join(" · ");
}

function entry(label, words, item) {
  const link = sourceHref(item.document_id, item);
  return [`${label} ${t("copy.quote", { quote: words })}${item.cut ? t("cite.cut") : ""}`, `    ${reference(item)}`, `    ${link}`].join("\n");
}

/** Question, answer and every quote with title, heading and link. */
export function turnAsText(turn) {
  const lines = [t("copy.question") + turn.question, t("copy.answer") + turn.answer];
  if (turn.citations.length) {
    lines.push("", t("copy.sources"), ...turn.citations.map((c) => entry(`[${c.number}]`, c.quote, c)));
  } else if (turn.passages.length) {
    lines.push("", t("copy.nearest"), ...turn.passages.map((p) => entry("-", p.text.trim(), p)));
  }
  return lines.join("\n");
}
