// Errors in words.

import { t } from "./i18n.js";

function problemKey(status) {
  if (status === 503) return "error.starting";
  if (status === 429) return "error.busy";
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
  return { kind: error.kind, status: error.status, detail: error.detail };
}

/** One or two sentences on why a turn has no whole answer. */
export function failureText({ state, failure }) {
  if (state === "interrupted") return [t("error.interrupted")];
  return sentences(failure);
}

/** The same for an error caught elsewhere on the page. */
export const errorText = (error) => sentences(failureOf(error)).join(" ");

function sentences(failure) {
  if (failure.kind !== "problem") return [t(`error.${failure.kind}`)];
  const words = [t(problemKey(failure.status))];
  if (failure.detail) words.push(t("error.detail", { detail: failure.detail }));
  return words;
}
