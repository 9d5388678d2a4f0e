// The collections there are, and in which of them questions look.

import { getCollections } from "./api.js";
import { byId, el } from "./dom.js";
import { number, t } from "./i18n.js";

const KEY = "yinju.collections";
const MOST = 50; // the service looks in so many at once

/** A collection by the name people see. */
export const collectionName = (name) => (name === "default" ? t("collection.default") : name);

export class Collections {
  known = []; // `{name, documents, passages}`
  #wanted = remembered(); // names; null for all
  #box = byId("scope");

  constructor() {
    document.addEventListener("click", (event) => {
      if (!this.#box.contains(event.target)) this.#box.open = false;
    });
    this.#box.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.#box.contains(event.relatedTarget)) this.#box.open = false;
    });
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#box.open) return;
      event.stopPropagation();
      this.#box.open = false;
      byId("scope-chosen").focus();
    });
    document.addEventListener("yinju:language", () => this.#draw());
  }

  /** Ask the service. Rejects with ApiError. */
  async load() {
    this.known = await getCollections();
    this.#draw();
  }

  get several() {
    return this.known.length > 1;
  }

  get documents() {
    return this.known.reduce((sum, each) => sum + each.documents, 0);
  }

  /** Where the next question is to look: names, or null where there is no choice. */
  asked() {
    if (!this.several) return null;
    const names = this.known.map(({ name }) => name);
    const wanted = names.filter((name) => this.#wanted?.includes(name));
    if (wanted.length) return wanted;
    return names.length > MOST ? names.slice(0, MOST) : names;
  }

  /** Does the next question leave any collection out? */
  get narrowed() {
    return (this.asked()?.length ?? this.known.length) < this.known.length;
  }

  #chosenText() {
    const names = this.narrowed ? this.asked().map(collectionName).join(t("list.comma")) : t("scope.all");
    return t("scope.chosen", { names });
  }

  #draw() {
    this.#box.hidden = !this.several;
    if (!this.several) return;
    const asked = new Set(this.asked());
    byId("scope-chosen").textContent = this.#chosenText();
    byId("scope-list").replaceChildren(...this.known.map((each, i) => this.#choice(each, i, asked)));
  }

  #choice({ name, documents }, index, asked) {
    const id = `scope-${index}`;
    const box = el("input", { type: "checkbox", id, value: name });
    box.checked = asked.has(name);
    box.addEventListener("change", () => this.#choose(box));
    const count = el("span", { class: "scope-count" }, t("collection.documents", { n: number(documents) }));
    return el("li", {}, box, el("label", { for: id }, collectionName(name)), count);
  }

  #choose(changed) {
    const boxes = [...byId("scope-list").querySelectorAll("input")];
    const chosen = boxes.filter((box) => box.checked);
    if (!chosen.length || chosen.length > Math.min(MOST, boxes.length)) {
      changed.checked = !changed.checked; // a question has to look somewhere
      byId("scope-note").textContent = t(chosen.length ? "scope.too_many" : "scope.none", { max: MOST });
      return;
    }
    byId("scope-note").textContent = "";
    this.#wanted = chosen.length === boxes.length ? null : chosen.map((box) => box.value);
    remember(this.#wanted);
    byId("scope-chosen").textContent = this.#chosenText();
  }
}

function remembered() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return Array.isArray(names) ? names : null;
  } catch {
    return null; // Unreadable, or storage forbidden by policy.
  }
}

function remember(names) {
  try {
    localStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // Storage forbidden: the choice lasts as long as the page.
  }
}
