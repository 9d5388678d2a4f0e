// Which reports the service knows, and how to add one.

import { listDocuments, sourceHref } from "./api.js";
import { byId, el, showModal } from "./dom.js";
import { errorText } from "./failures.js";
import { date, number, scriptTag, t } from "./i18n.js";

function entry(report) {
  const link = el("a", { href: sourceHref(report.id), lang: scriptTag(report.title) || null }, report.title);
  const about = [
    report.document_date ? date(report.document_date) : t("cite.date_unknown"),
    t("reports.passages", { n: number(report.passages) }),
    t("reports.characters", { n: number(report.characters) }),
  ];
  return el("li", {}, link, el("span", { class: "report-about" }, about.join(" · ")));
}

export class Reports {
  #dialog = byId("reports");
  #list = byId("reports-list");
  #state = byId("reports-state");
  #more = byId("reports-more");
  #next = null;

  constructor() {
    byId("reports-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close(); // The backdrop is the dialog's own.
    });
    this.#more.addEventListener("click", () => this.#load(this.#next));
  }

  open() {
    this.#list.replaceChildren();
    showModal(this.#dialog);
    return this.#load(null);
  }

  async #load(cursor) {
    this.#more.hidden = true;
    this.#say(t("reports.loading"));
    try {
      const { documents, next } = await listDocuments(cursor);
      const entries = documents.map(entry);
      this.#list.append(...entries);
      this.#next = next;
      this.#more.hidden = !next;
      this.#say(this.#list.childElementCount ? "" : t("reports.empty"));
      if (cursor) entries[0]?.querySelector("a").focus();
    } catch (error) {
      this.#say(`${t("reports.failed")} ${errorText(error)}`);
      this.#more.hidden = !cursor;
    }
  }

  #say(words) {
    this.#state.textContent = words;
    this.#state.hidden = !words;
  }
}
