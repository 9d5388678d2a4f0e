// Documents on their way in: where they go, and a row for each.

import { limits, mayWrite } from "./access.js";
import { sourceHref } from "./api.js";
import { collectionName } from "./collections.js";
import { byId, el, modalDialog } from "./dom.js";
import { acceptDrops } from "./dropping.js";
import { errorText, saidDetails, wrongText } from "./failures.js";
import { number, size, t } from "./i18n.js";
import { Transfer } from "./sending.js";

const AT_ONCE = 2; // sent at the same time
const NEW = "\n"; // the value of the entry for a new collection: no name can be that
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?$/u;
const LONGEST = 64;

export class Uploads {
  #transfers = [];
  #rows = new Map(); // transfer → its row
  #list = byId("uploads");
  #into = byId("upload-into");
  #name = byId("upload-new");
  #collections;
  #on;

  /** on: `shown()` when there are rows to look at, `ended(transfer)` when one has ended, `said(words)` for ears. */
  constructor(collections, on) {
    this.#collections = collections;
    this.#on = on;
    byId("upload-pick").addEventListener("click", () => byId("upload-files").click());
    byId("upload-files").addEventListener("change", (event) => {
      this.#picked([...event.target.files]);
      event.target.value = ""; // The same file may be chosen again.
    });
    byId("uploads-clear").addEventListener("click", () => this.#clear());
    this.#into.addEventListener("change", () => this.#chosen());
    acceptDrops(() => mayWrite() && this.#isFree(), (files) => this.#picked(files));
    window.addEventListener("beforeunload", (event) => {
      if (this.#transfers.some((transfer) => transfer.canStop)) event.preventDefault();
    });
    document.addEventListener("yinju:language", () => this.#redraw());
  }

  get running() {
    return this.#transfers.filter((transfer) => !transfer.ended).length;
  }

  /** Send `file` as the new version of `document`. */
  replace(document, file) {
    this.#add([file], { replaces: document });
  }

  /** The collections that documents may be put in. */
  drawChoices() {
    byId("upload").hidden = !mayWrite();
    const kept = this.#into.value;
    const names = limits() ?? [...new Set(["default", ...this.#collections.known.map(({ name }) => name)])];
    const options = names.map((name) => el("option", { value: name }, collectionName(name)));
    if (limits() === null) options.push(el("option", { value: NEW }, t("upload.new")));
    this.#into.replaceChildren(...options);
    const wanted = kept === NEW && names.includes(this.#name.value.trim()) ? this.#name.value.trim() : kept;
    if (wanted === NEW || names.includes(wanted)) this.#into.value = wanted;
    this.#chosen(false);
  }

  #chosen(focus = true) {
    const isNew = this.#into.value === NEW;
    byId("upload-naming").hidden = !isNew;
    if (isNew && focus) this.#name.focus();
    byId("upload-wrong").textContent = "";
  }

  #isFree() {
    const open = modalDialog();
    return !open || open.id === "reports";
  }

  #picked(files) {
    const collection = this.#destination();
    this.#on.shown();
    if (collection === null) {
      byId("upload-wrong").textContent = t("upload.wrong_name", { max: LONGEST });
      this.#name.focus();
      return;
    }
    this.#add(files, { collection });
  }

  /** The collection chosen; null while the name of a new one can't be used. */
  #destination() {
    if (this.#into.value !== NEW) return this.#into.value || "default";
    const name = this.#name.value.trim().normalize("NFC");
    return [...name].length <= LONGEST && NAME.test(name) ? name : null;
  }

  #add(files, where) {
    byId("upload-wrong").textContent = "";
    const added = files.map((file) => new Transfer(file, where, (transfer) => this.#changed(transfer)));
    this.#transfers.push(...added);
    for (const transfer of added) this.#draw(transfer);
    this.#list.lastElementChild?.scrollIntoView({ block: "nearest" });
    this.#on.shown();
    this.#next();
  }

  #next() {
    const busy = this.#transfers.filter((transfer) => ["sending", "paused"].includes(transfer.state));
    const waiting = this.#transfers.filter((transfer) => transfer.state === "waiting");
    for (const transfer of waiting.slice(0, Math.max(0, AT_ONCE - busy.length))) this.#run(transfer);
  }

  async #run(transfer) {
    transfer.state = "sending";
    await transfer.run();
    this.#on.said(`${transfer.file.name}: ${stateText(transfer)}`);
    this.#on.ended(transfer);
  }

  #changed(transfer) {
    this.#draw(transfer);
    if (!["sending", "paused"].includes(transfer.state)) this.#next();
    this.#on.changed();
  }

  #draw(transfer) {
    let row = this.#rows.get(transfer);
    if (!row) {
      row = new Row(transfer, () => this.#retry(transfer));
      this.#rows.set(transfer, row);
      this.#list.append(row.element);
    }
    row.draw();
    byId("uploads-clear").hidden = !this.#transfers.some((each) => each.ended);
  }

  #retry(transfer) {
    transfer.again();
    this.#next();
  }

  #redraw() {
    this.drawChoices();
    for (const row of this.#rows.values()) row.draw();
  }

  #clear() {
    for (const transfer of this.#transfers.filter((each) => each.ended)) {
      this.#rows.get(transfer)?.element.remove();
      this.#rows.delete(transfer);
    }
    this.#transfers = this.#transfers.filter((each) => !each.ended);
    byId("uploads-clear").hidden = true;
    byId("upload-pick").focus();
  }
}

/** A transfer as a list entry. Its parts stay and change their words, so that the focus is not lost. */
class Row {
  constructor(transfer, again) {
    this.transfer = transfer;
    this.title = el("span", { class: "upload-name" });
    this.bar = el("progress", { max: 100 });
    this.words = el("p", { class: "upload-state" });
    this.said = el("div", {});
    this.link = el("a", {}, "");
    this.stop = el("button", { type: "button", class: "link", onclick: () => transfer.stop() });
    this.again = el("button", { type: "button", class: "link", onclick: again });
    this.element = el("li", { class: "upload", tabindex: -1 }, this.title, this.bar,
      el("div", { class: "upload-foot" }, this.words, this.link, this.stop, this.again), this.said);
  }

  draw() {
    const { transfer } = this;
    const { name } = transfer.file;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.dataset.state = transfer.state;
    this.title.textContent = transfer.replaces ? t("upload.replacing", { name, title: transfer.replaces.title }) : name;
    this.words.textContent = stateText(transfer);
    this.said.replaceChildren(...[["refused", "failed"].includes(transfer.state) && saidDetails(transfer.error)].filter(Boolean));
    this.bar.hidden = transfer.ended || transfer.state === "paused";
    this.bar.setAttribute("aria-label", t("upload.progress", { name }));
    const share = shareOf(transfer);
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    this.#button(this.stop, transfer.canStop, "upload.stop", name);
    this.#button(this.again, ["failed", "stopped"].includes(transfer.state), "upload.again", name);
    this.link.hidden = !transfer.documentId;
    this.link.textContent = t("upload.open");
    if (transfer.documentId) this.link.href = sourceHref(transfer.documentId);
    // A button that is hidden while it has the focus drops it.
    if (hadFocus && !this.element.contains(document.activeElement)) (this.element.querySelector("button:not([hidden])") ?? this.element).focus();
  }

  #button(button, shown, key, name) {
    button.hidden = !shown;
    button.textContent = t(key);
    button.setAttribute("aria-label", t(`${key}.label`, { name }));
  }
}

/** 0 to 100; null where it can't be said. */
function shareOf({ state, sent, file, job }) {
  if (state === "waiting") return 0;
  if (state === "sending") return file.size ? (100 * sent) / file.size : null;
  const { done, total } = job?.progress ?? { done: 0, total: 0 };
  return state === "working" && job.state === "running" && total > 0 ? (100 * done) / total : null;
}

function stateText(transfer) {
  const { state, file, sent, left, error, job } = transfer;
  if (state === "sending") return t("upload.sending", { sent: size(sent), total: size(file.size) });
  if (state === "paused") return t("upload.paused", { why: wrongText(error), n: left });
  if (state === "refused" || state === "failed") return t(`upload.${state}`, { why: errorText(error) });
  if (state === "replaced") return t("upload.replaced", { n: transfer.version });
  if (state !== "working") return t(`upload.${state}`);
  const { stage, done, total } = job.progress;
  if (job.state === "indexing") return t("upload.indexing");
  if (job.state === "queued") return t("upload.queued");
  if (stage === "encode" && total > 0) return t("upload.encode", { done: number(done), total: number(total) });
  return t("upload.read");
}
