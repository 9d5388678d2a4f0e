// Errors in words.

import { el } from "./dom.js";
import { moment, t } from "./i18n.js";
import { STRINGS } from "./strings.js";

function generalKey(status) {
  if (status === 429) return "error.busy";
  if (status === 503) return "error.starting";
  if (status === 401) return "error.no_key";
  if (status === 403) return "error.forbidden";
  return status >= 500 ? "error.unavailable" : "error.invalid";
}

const hasWords = ({ kind, reason }) => kind === "problem" && `problem.${reason}` in STRINGS.zh;

/** What to keep of an error in a turn: plain values that survive being stored. */
export function failureOf(error) {
  if (error.name === "AbortError") return { kind: "stopped" };
  if (error.name !== "ApiError") {
    // A fault of the page: for its makers, in the console.
    setTimeout(() => {
      throw error;
    });
    return { kind: "broken" };
  }
  return { kind: error.kind, status: error.status, reason: error.reason, detail: error.detail };
}

/** One or two sentences on why a turn has no whole answer. */
export function failureText({ state, failure }) {
  if (state === "interrupted") return [t("error.interrupted")];
  return sentences(failure);
}

/** The same for an error caught elsewhere on the page. */
export function errorText(error) {
  const failure = failureOf(error);
  if (!hasWords(failure)) return sentences(failure).join(" ");
  const [wrong, todo] = sentences(failure);
  return t("error.todo", { wrong, todo });
}

/** What is wrong alone, for what the page mends by itself. */
export const wrongText = (error) => sentences(failureOf(error))[0];

/** The service’s own words (in English), folded up, for whoever helps; null where there are none, or they are shown. */
export function saidDetails(failure) {
  if (!failure?.detail || !hasWords(failure)) return null;
  return el("details", { class: "said" }, el("summary", {}, t("error.said")), el("p", { lang: "en" }, failure.detail));
}

/** That a report was deleted, and when, where the service said. */
export const deletedText = ({ deletedAt }) =>
  deletedAt ? t("source.deleted.text", { when: moment(deletedAt) }) : t("source.deleted.text.undated");

function sentences(failure) {
  if (hasWords(failure)) return [t(`problem.${failure.reason}`), t(`problem.${failure.reason}.todo`)];
  if (failure.kind !== "problem") return [t(`error.${failure.kind}`)];
  const words = [t(generalKey(failure.status))];
  if (failure.detail) words.push(t("error.detail", { detail: failure.detail }));
  return words;
}
