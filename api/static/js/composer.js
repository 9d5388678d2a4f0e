// The question box.

import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { codePoints } from "./offsets.js";

const LONGEST = 2000; // characters, the service's bound
const NEAR = 1800; // from here on the count is shown
const DRAFT = "yinju.draft";

export class Composer {
  #box = byId("question");
  #note = byId("ask-note");
  #running = false;

  /** `send(question)` is called with a question fit to be sent, `stop()` when the running one is to end. */
  constructor(send, stop) {
    byId("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#running) stop();
      else this.#submit(send);
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event, send));
    this.#box.addEventListener("input", () => this.#changed());
    this.#box.value = readDraft();
    this.#changed();
  }

  focus() {
    this.#box.focus();
  }

  set running(value) {
    this.#running = value;
    byId("send").hidden = value;
    byId("stop").hidden = !value;
  }

  #key(event, send) {
    // While an input method composes, Enter picks its word. Safari reports the closing Enter with key code 229 only.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#running) this.#submit(send);
  }

  #submit(send) {
    const question = this.#box.value.trim();
    const length = codePoints(question);
    if (!length) return this.focus();
    if (length > LONGEST) return this.#changed();
    this.#box.value = "";
    this.#changed();
    // On a touch screen the keyboard would cover the answer.
    if (window.matchMedia("(pointer: coarse)").matches) this.#box.blur();
    return send(question);
  }

  #changed() {
    const length = codePoints(this.#box.value.trim());
    const values = { n: length, max: LONGEST };
    this.#note.textContent = length > LONGEST ? t("ask.too_long", values) : length > NEAR ? t("ask.count", values) : t("ask.hint");
    this.#note.classList.toggle("is-wrong", length > LONGEST);
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
    keepDraft(this.#box.value);
  }
}

function readDraft() {
  try {
    return sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    return ""; // Storage forbidden by policy.
  }
}

function keepDraft(text) {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // Storage forbidden or full: the draft lasts as long as the page.
  }
}
