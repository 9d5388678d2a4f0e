// Which reports the service knows: found, added, replaced and deleted here.

import { mayWrite } from "./access.js";
import { listDocuments, sourceHref } from "./api.js";
import { collectionName } from "./collections.js";
import { forgetDocument } from "./documents.js";
import { byId, el, showModal } from "./dom.js";
import { errorText } from "./failures.js";
import { date, day, number, scriptTag, t } from "./i18n.js";
import { Removal } from "./removal.js";
import { Uploads } from "./uploads.js";

const LONG = 8; // reports, from where on they can be searched
const STEP = 50; // shown at a time
const PAGE = 200; // fetched at a time for a search
const MOST_FOUND = 100;
const RARELY = 2000; // milliseconds

export class Reports {
  #dialog = byId("reports");
  #list = byId("reports-list");
  #state = byId("reports-state");
  #more = byId("reports-more");
  #search = byId("reports-search");
  #documents = [];
  #next = null; // the cursor of what was not fetched yet
  #shown = 0;
  #request = 0;
  #fetching = null;
  #timer = 0;
  #refreshed = -Infinity; // when the list was last fetched because something had ended
  #replaced = null; // the report a file is being chosen for
  #collections;
  #changed;
  #removal = new Removal((report, removal) => this.#removed(report, removal));

  /** changed: called when documents may have come or gone, and while files are on their way. */
  constructor(collections, changed) {
    this.#collections = collections;
    this.#changed = changed;
    this.uploads = new Uploads(collections, {
      shown: () => this.#dialog.open || this.open(),
      changed: () => changed(false),
      ended: (transfer) => this.#ended(transfer),
      // The row says it to the eye.
      said: (words) => (byId(this.#dialog.open ? "uploads-said" : "live").textContent = words),
    });
    byId("reports-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close(); // The backdrop is the dialog's own.
    });
    this.#more.addEventListener("click", () => this.#showMore());
    this.#search.addEventListener("input", () => this.#find());
    byId("replace-file").addEventListener("change", (event) => this.#chosen(event.target));
    for (const name of ["yinju:language", "yinju:session"]) document.addEventListener(name, () => this.#redraw());
  }

  open() {
    this.#search.value = "";
    byId("reports-said").textContent = "";
    showModal(this.#dialog);
    this.uploads.drawChoices();
    return this.#load();
  }

  /** From the start, as many as were shown before. */
  async #load(wanted = 0) {
    const request = (this.#request += 1);
    this.#say(t("reports.loading"));
    try {
      const documents = [];
      let cursor = null;
      do {
        const page = await listDocuments(cursor);
        documents.push(...page.documents);
        cursor = page.next;
      } while (cursor && documents.length < wanted);
      if (request !== this.#request) return;
      [this.#documents, this.#next, this.#shown] = [documents, cursor, documents.length];
      await this.#find();
    } catch (error) {
      if (request === this.#request) this.#say(`${t("reports.failed")} ${errorText(error)}`);
    }
  }

  async #showMore() {
    const before = this.#shown;
    this.#more.hidden = true;
    try {
      if (this.#shown >= this.#documents.length) await this.#fetch(STEP);
      this.#shown = Math.min(this.#documents.length, this.#shown + STEP);
      this.#redraw();
      this.#list.children[before]?.querySelector("a").focus();
    } catch (error) {
      this.#say(`${t("reports.failed")} ${errorText(error)}`);
      this.#more.hidden = false;
    }
  }

  /** The next page; asked for twice at once, it is fetched once. */
  #fetch(limit) {
    this.#fetching ??= this.#fetchPage(limit).finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchPage(limit) {
    const request = this.#request;
    const page = await listDocuments(this.#next, limit);
    if (request !== this.#request) return; // The list was begun anew meanwhile.
    this.#documents.push(...page.documents);
    this.#next = page.next;
  }

  /** What the search box asks for; all the rest is fetched for it first. */
  async #find() {
    const request = this.#request;
    try {
      while (this.#wanted() && this.#next && request === this.#request) {
        this.#say(t("reports.searching"));
        await this.#fetch(PAGE);
      }
      if (request === this.#request) this.#redraw();
    } catch (error) {
      this.#say(`${t("reports.failed")} ${errorText(error)}`);
    }
  }

  #wanted() {
    return squeeze(this.#search.value);
  }

  #redraw() {
    if (!this.#dialog.open) return;
    const wanted = this.#wanted();
    const fits = ({ title, name }) => squeeze(title).includes(wanted) || squeeze(name).includes(wanted);
    const found = wanted ? this.#documents.filter(fits) : this.#documents;
    const shown = found.slice(0, wanted ? MOST_FOUND : this.#shown);
    this.#list.replaceChildren(...shown.map((report) => this.#entry(report)));
    byId("reports-find").hidden = this.#documents.length <= LONG && !this.#next && !wanted;
    this.#more.hidden = Boolean(wanted) || (!this.#next && this.#shown >= this.#documents.length);
    this.#say(foundText(wanted, found.length, shown.length));
    byId("reports-hint").hidden = mayWrite();
  }

  #entry(report) {
    const link = el("a", { href: sourceHref(report.id), lang: scriptTag(report.title) || null }, report.title);
    const about = [
      report.document_date ? date(report.document_date) : t("cite.date_unknown"),
      this.#collections.several && collectionName(report.collection),
      report.version > 1 && t("reports.version", { n: report.version, day: day(report.updated_at) }),
      t("reports.passages", { n: number(report.passages) }),
      t("reports.characters", { n: number(report.characters) }),
      report.name,
    ];
    const words = el("span", { class: "report-about" }, about.filter(Boolean).join(" · "));
    return el("li", { "data-id": report.id }, link, words, mayWrite() ? this.#tools(report) : null);
  }

  #tools(report) {
    const button = (key, act) => {
      const label = t(`reports.${key}.label`, { title: report.title, name: report.name });
      const attributes = { type: "button", class: "link", "data-act": key, "aria-label": label, onclick: act };
      return el("button", attributes, t(`reports.${key}`));
    };
    const replace = button("replace", () => {
      this.#replaced = report;
      byId("replace-file").click();
    });
    return el("span", { class: "report-tools" }, replace, button("delete", () => this.#removal.ask(report)));
  }

  #chosen(input) {
    const [file] = input.files;
    input.value = "";
    if (file && this.#replaced) this.uploads.replace(this.#replaced, file);
  }

  #ended(transfer) {
    if (transfer.replaces) forgetDocument(transfer.replaces.id);
    // A folder of files ends in quick succession: not each is worth a new list.
    clearTimeout(this.#timer);
    const late = this.uploads.running > 0 && performance.now() - this.#refreshed < RARELY;
    this.#timer = setTimeout(() => this.#refresh(), late ? RARELY : 0);
  }

  async #refresh() {
    this.#refreshed = performance.now();
    await this.#changed(true);
    this.uploads.drawChoices();
    await this.#reload();
  }

  /** Draw anew, with the focus where it was. */
  async #reload() {
    if (!this.#dialog.open) return;
    const focused = document.activeElement?.closest("[data-id]");
    const { id } = focused?.dataset ?? {};
    const act = document.activeElement?.dataset.act;
    await this.#load(this.#shown);
    if (!id || document.activeElement !== document.body) return;
    const entry = this.#list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    (entry?.querySelector(act ? `[data-act="${act}"]` : "a") ?? byId("reports-title")).focus();
  }

  async #removed(report, removal) {
    forgetDocument(report.id);
    const at = this.#documents.findIndex(({ id }) => id === report.id);
    this.#documents = this.#documents.filter(({ id }) => id !== report.id);
    this.#redraw();
    const { title } = report;
    const counts = removal && { versions: number(removal.versions), passages: number(removal.passages) };
    byId("reports-said").textContent = removal ? t("remove.done", { title, ...counts }) : t("remove.gone", { title });
    // The button that was used went with its row: on to the next one.
    const next = this.#list.children[Math.min(at, this.#list.childElementCount - 1)];
    (next?.querySelector("a") ?? byId("reports-title")).focus();
    await this.#refresh();
  }

  #say(words) {
    this.#state.textContent = words;
    this.#state.hidden = !words;
  }
}

const squeeze = (words) => words.normalize("NFKC").toLocaleLowerCase().replace(/\s+/g, "");

function foundText(wanted, found, shown) {
  if (!found) return t(wanted ? "reports.none_found" : "reports.empty");
  if (!wanted) return "";
  return t(shown < found ? "reports.found.many" : "reports.found", { n: number(found), shown: number(shown) });
}
