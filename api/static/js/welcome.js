// What greets who has not asked yet, and how many reports there are.

import { mayWrite } from "./access.js";
import { getExamples, listDocuments } from "./api.js";
import { byId, el } from "./dom.js";
import { errorText } from "./failures.js";
import { language, number, t } from "./i18n.js";

export class Welcome {
  #names = null; // of the first reports' files, once the service has said so
  #examples = null;
  #closed = null; // the ApiError, where nobody from here is let in
  #shown = true;
  #collections;
  #reports;
  #ask;

  constructor(collections, reports, ask) {
    [this.#collections, this.#reports, this.#ask] = [collections, reports, ask];
    document.addEventListener("yinju:language", () => this.draw());
  }

  set shown(value) {
    this.#shown = value;
    this.draw();
  }

  closedBy(error) {
    this.#closed = error;
    this.draw();
  }

  /** The page works without any of it: whatever fails here shows when a question is asked. */
  async load() {
    const [examples, list] = await Promise.allSettled([
      this.#examples ?? getExamples(),
      listDocuments(),
      this.#collections.load(),
    ]);
    this.#examples = examples.value ?? null;
    this.#names = list.value?.documents.map((document) => document.name) ?? null;
    this.draw();
  }

  draw() {
    const empty = this.#names !== null && this.#names.length === 0;
    byId("welcome").hidden = !this.#shown;
    byId("welcome-empty").hidden = !empty;
    byId("welcome-how").textContent = t(mayWrite() ? "welcome.empty.add" : "welcome.empty.how");
    byId("closed").textContent = this.#closed ? errorText(this.#closed) : "";
    this.#drawExamples(empty);
    this.#drawCount();
  }

  #drawExamples(empty) {
    // Asked of other reports than the one they were written for, these would only be refused.
    const fitting = this.#names?.includes(this.#examples?.document);
    const questions = (fitting && this.#examples[language()]) || [];
    const chip = (q) => el("li", {}, el("button", { type: "button", class: "chip", onclick: () => this.#ask(q) }, q));
    byId("examples").replaceChildren(...questions.map(chip));
    byId("welcome-examples").hidden = empty || !questions.length;
  }

  #drawCount() {
    const { running } = this.#reports.uploads;
    const values = { n: number(this.#collections.documents), running: number(running) };
    const known = this.#names !== null && this.#collections.known.length > 0;
    const key = known ? (running ? "nav.reports.running" : "nav.reports.count") : "nav.reports";
    byId("reports-count").textContent = t(key, values);
    byId("open-reports").title = running ? t("nav.reports.running.hint", values) : "";
  }
}
