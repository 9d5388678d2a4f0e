// Who is asking: the key is handed in once, and a cookie no script can read stands for it from then on.

import { closeSession, getSession, onLocked, openSession } from "./api.js";
import { el, showModal } from "./dom.js";
import { errorText } from "./failures.js";
import { t } from "./i18n.js";

let session = null; // `{anonymous, name, scopes, collections}`, once the service has said so
let asking = null; // the promise of the dialog that is open

const changed = () => document.dispatchEvent(new CustomEvent("yinju:session"));

export const mayWrite = () => session?.scopes.includes("write") ?? false;
/** The name of the key in use; null where none is, or needed. */
export const keyName = () => (session && !session.anonymous ? session.name : null);
/** The collections the key is limited to; null where it is not. */
export const limits = () => session?.collections ?? null;

/** From now on, a request that needs a key asks for one and is then sent again. */
export function takeKeys() {
  onLocked(() => (asking ??= askForKey().finally(() => (asking = null))));
}

/** Find out what this page may do. Rejects with ApiError. */
export async function findAccess() {
  session = await getSession();
  changed();
}

/** End the session, and forget what this tab was told under it. */
export async function logOut() {
  try {
    await closeSession();
  } catch (error) {
    if (error.status !== 401) throw error; // 401: it has ended already.
  }
  try {
    sessionStorage.clear();
  } catch {
    // Storage forbidden by policy: nothing was kept.
  }
  window.location.reload();
}

/** A dialog that takes a key; resolves to whether one was accepted. */
function askForKey() {
  const dialog = keyDialog();
  document.body.append(dialog.element);
  showModal(dialog.element);
  return new Promise((resolve) => {
    let accepted = false;
    dialog.element.addEventListener("close", () => {
      dialog.element.remove(); // and the key with it
      resolve(accepted);
    });
    dialog.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      accepted = await tryKey(dialog);
      if (accepted) dialog.element.close();
    });
  });
}

function keyDialog() {
  const input = el("input", {
    id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, maxlength: 200,
    "aria-describedby": "key-hint key-wrong", autofocus: true,
  });
  const wrong = el("p", { id: "key-wrong", class: "wrong", role: "alert" });
  const send = el("button", { type: "submit", class: "button primary" }, t("key.send"));
  const element = el("dialog", { id: "key-dialog", class: "small-dialog", "aria-labelledby": "key-title" });
  const later = el("button", { type: "button", class: "button", onclick: () => element.close() }, t("key.later"));
  const form = el("form", {},
    el("h2", { id: "key-title" }, t(session ? "key.title.again" : "key.title")),
    el("label", { for: "key" }, t("key.label")), input, wrong,
    el("p", { id: "key-hint", class: "remark" }, t("key.hint")),
    el("p", { class: "dialog-buttons" }, later, send));
  element.append(form);
  return { element, form, input, wrong, send };
}

async function tryKey({ input, wrong, send }) {
  wrong.textContent = "";
  send.disabled = true;
  try {
    session = await openSession(input.value.trim());
    changed();
    return true;
  } catch (error) {
    wrong.textContent = error.status === 401 ? t("key.wrong") : errorText(error);
    input.select();
    return false;
  } finally {
    send.disabled = false;
    input.focus();
  }
}
