// The source beside the answer: a side panel on wide screens, a sheet over the page on narrow ones.

import { getDocument, sourceHref } from "./api.js";
import { drawDocument, loadDocument, showFirstMark } from "./documents.js";
import { byId, el, showBeside, showModal } from "./dom.js";
import { deletedText, errorText } from "./failures.js";
import { t } from "./i18n.js";
import { fullSource, origin, verifiedSign } from "./turn.js";

const wide = window.matchMedia("(min-width: 64rem)");

export class SourcePanel {
  #dialog = byId("panel");
  #frame = byId("panel-text");
  #opener = null;
  #request = 0;

  constructor() {
    byId("panel-close").addEventListener("click", () => this.close());
    this.#dialog.addEventListener("close", () => this.#closed());
    wide.addEventListener("change", () => this.#reopen());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Show where `citations[at]` stands. */
  showCitation(citations, at) {
    const citation = citations[at];
    const highlights = citation.highlights.map((h) => ({ ...h, kind: "hit" }));
    const step = (by) => {
      this.showCitation(citations, at + by);
      byId("panel-steps").querySelector(`[data-step="${by}"]:enabled`)?.focus();
    };
    this.#show(citation, [{ ...citation, kind: "quote" }, ...highlights], {
      title: `${t("panel.title")} [${citation.number}]`,
      steps: citations.length > 1 ? this.#steps(at, citations.length, step) : [],
      sign: verifiedSign(citation),
    });
  }

  /** Show where a passage stands; nothing in it is claimed to answer. */
  showPassage(passage) {
    this.#show(passage, [{ ...passage, kind: "quote" }], { title: t("panel.passage"), steps: [], sign: "" });
  }

  close() {
    if (this.isOpen) this.#dialog.close();
  }

  async #show(item, ranges, { title, steps, sign }) {
    const request = (this.#request += 1);
    byId("panel-title").textContent = title;
    byId("panel-steps").replaceChildren(...steps);
    byId("panel-origin").replaceChildren(origin(item), el("p", { class: "source-links" }, fullSource(item), sign));
    this.#frame.replaceChildren(el("p", { class: "remark" }, t("panel.loading")));
    this.#open();
    try {
      const source = await loadDocument(item.document_id, item.version);
      if (request !== this.#request) return; // Another source was asked for meanwhile.
      const body = drawDocument(source, ranges, 3);
      this.#frame.replaceChildren(body);
      showFirstMark(body, this.#frame);
      await this.#tellNewer(item, request);
    } catch (error) {
      const words = error.status === 410 ? deletedText(error) : [t("panel.failed"), errorText(error)].join(" ");
      if (request === this.#request) this.#frame.replaceChildren(el("p", { class: "failure" }, words));
    }
  }

  /** Say so when the report has a newer version than the one shown. */
  async #tellNewer(item, request) {
    const { version } = await getDocument(item.document_id).catch((error) => {
      if (error.name === "ApiError" && error.status !== 410) return { version: 0 }; // Nothing is claimed.
      throw error; // Deleted meanwhile: not to be shown any more.
    });
    if (request !== this.#request || !item.version || version <= item.version) return;
    const link = el("a", { href: sourceHref(item.document_id), target: "_blank", rel: "noopener" }, t("source.newest"));
    const words = t("panel.older", { n: item.version, newest: version });
    byId("panel-origin").append(el("p", { class: "older", role: "status" }, words, " ", link));
  }

  #steps(at, total, step) {
    const button = (key, by, sign) => {
      const attributes = { type: "button", class: "quiet", "data-step": by, "aria-label": t(key), title: t(key) };
      return el("button", { ...attributes, disabled: at + by < 0 || at + by >= total, onclick: () => step(by) }, sign);
    };
    const where = el("span", { class: "panel-position" }, t("panel.position", { n: at + 1, total }));
    return [button("panel.previous", -1, "‹"), where, button("panel.next", 1, "›")];
  }

  #open() {
    if (!this.isOpen) {
      this.#opener = document.activeElement;
      if (wide.matches) showBeside(this.#dialog);
      else showModal(this.#dialog);
      document.body.classList.add("has-panel");
    }
    byId("panel-title").focus();
  }

  // Side panel and sheet differ in whether the page behind them can be used, which is settled on opening.
  #reopen() {
    if (!this.isOpen) return;
    const opener = this.#opener;
    this.#opener = null;
    this.#dialog.close();
    this.#open();
    this.#opener = opener;
  }

  #closed() {
    if (this.isOpen) return; // Reopened in the other form before this event came.
    document.body.classList.remove("has-panel");
    // The opener is gone when its turn was drawn anew meanwhile.
    (this.#opener?.isConnected ? this.#opener : byId("question")).focus();
    this.#opener = null;
  }
}
