// Deleting a document, with a question first.

import { deleteDocument } from "./api.js";
import { byId, showModal } from "./dom.js";
import { errorText } from "./failures.js";
import { number, scriptTag, t } from "./i18n.js";
import { requestKey } from "./sending.js";

export class Removal {
  #dialog = byId("remove");
  #report = null;
  #key = "";
  #running = false;
  #removed;

  /** `removed(report, removal)` is called once a document is gone, or turns out to be (removal: null). */
  constructor(removed) {
    this.#removed = removed;
    byId("remove-no").addEventListener("click", () => this.#dialog.close());
    byId("remove-yes").addEventListener("click", () => this.#remove());
    this.#dialog.addEventListener("cancel", (event) => {
      if (this.#running) event.preventDefault(); // What was begun can't be called back by closing.
    });
  }

  /** Ask whether `report` is to go. */
  ask(report) {
    this.#report = report;
    this.#key = requestKey();
    byId("remove-name").textContent = report.title;
    byId("remove-name").lang = scriptTag(report.title);
    byId("remove-file").textContent = report.name;
    byId("remove-text").textContent = t("remove.text", { n: number(report.version) });
    byId("remove-wrong").textContent = "";
    showModal(this.#dialog); // The first of its buttons, which deletes nothing, gets the focus.
  }

  async #remove() {
    const report = this.#report;
    this.#busy(true);
    try {
      this.#done(report, await deleteDocument(report.id, report.text_sha256, this.#key));
    } catch (error) {
      if (error.status === 410 || error.status === 404) this.#done(report, null); // Someone else was faster.
      else byId("remove-wrong").textContent = errorText(error);
    } finally {
      this.#busy(false);
    }
  }

  #done(report, removal) {
    this.#dialog.close();
    this.#removed(report, removal);
  }

  #busy(running) {
    this.#running = running;
    for (const id of ["remove-yes", "remove-no"]) byId(id).disabled = running;
    byId("remove-yes").textContent = t(running ? "remove.running" : "remove.yes");
    if (!running && this.#dialog.open) byId("remove-no").focus();
  }
}
