// Errors in words.

import { moment, t } from "./i18n.js";
import { STRINGS } from "./strings.js";

function problemKey({ status, reason }) {
  if (["timed-out", "storage-full", "damaged-index"].includes(reason)) return "error.unavailable";
  if (reason === "queue-full" || status === 429) return "error.busy";
  if (status === 503) return "error.starting";
  if (status === 401) return "error.no_key";
  if (status === 403) return "error.forbidden";
  return status >= 500 ? "error.unavailable" : "error.invalid";
}

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
export const errorText = (error) => sentences(failureOf(error)).join(" ");

/** Why a document was not taken, replaced or deleted. */
export function refusalText(error) {
  const key = `refused.${error.reason}`;
  if (!(key in STRINGS.zh)) return errorText(error);
  return [t(key), t("error.detail", { detail: error.detail })].join(" ");
}

/** That a report was deleted, and when, where the service said. */
export const deletedText = ({ deletedAt }) =>
  deletedAt ? t("source.deleted.text", { when: moment(deletedAt) }) : t("source.deleted.text.undated");

function sentences(failure) {
  if (failure.kind !== "problem") return [t(`error.${failure.kind}`)];
  const words = [t(problemKey(failure))];
  if (failure.detail) words.push(t("error.detail", { detail: failure.detail }));
  return words;
}
