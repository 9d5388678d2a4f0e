// The versions of a document: which one is shown, and which there are.

import { sourceHref } from "./api.js";
import { byId, el } from "./dom.js";
import { day, t } from "./i18n.js";

/** The version in this page's address: null where there is none, "" where it can't be one. */
export function askedVersion() {
  const asked = new URLSearchParams(window.location.search).get("version");
  if (asked === null) return null;
  return /^[1-9]\d{0,8}$/.test(asked) ? asked : "";
}

/** Say when the version shown is not the newest of `versions` (oldest first), and list them all. */
export function drawVersions(id, shown, versions) {
  const newest = versions[versions.length - 1] ?? { version: shown };
  const isOld = shown < newest.version;
  byId("older").hidden = !isOld;
  if (isOld) {
    const words = t("source.older", { n: shown, newest: newest.version, day: day(newest.stored_at) });
    byId("older").replaceChildren(el("p", {}, words), el("a", { class: "button", href: sourceHref(id) }, t("source.newest")));
  }
  byId("versions").hidden = versions.length < 2;
  const entry = ({ version, stored_at }) => {
    const words = t("source.version", { n: version, day: day(stored_at) });
    const here = version === shown;
    return el("li", {}, here ? el("strong", { "aria-current": "page" }, words) : el("a", { href: sourceHref(id, { version }) }, words));
  };
  byId("versions-list").replaceChildren(...versions.map(entry).reverse());
}
