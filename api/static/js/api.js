// The service's HTTP interface.

import { events } from "./sse.js";

// Found from where this file lies, so that the pages also work under a path prefix.
export const BASE = new URL("../../", import.meta.url);

export const sourceHref = (id, start, end) =>
  new URL(`documents/${encodeURIComponent(id)}${end > start ? `#char=${start},${end}` : ""}`, BASE).href;

/**
 * What went wrong, in a form the page can put into words.
 * kind: "offline" (no connection), "broken" (the answer stopped half way) or "problem" (the service said no).
 */
export class ApiError extends Error {
  constructor(kind, { status = 0, detail = "" } = {}) {
    super(detail || kind);
    this.name = "ApiError";
    this.kind = kind;
    this.status = status;
    this.detail = detail;
  }
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(new URL(path, BASE), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("offline");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  let detail = "";
  if (/json/.test(response.headers.get("content-type") ?? "")) {
    const body = await response.json().catch(() => ({}));
    detail = typeof body.detail === "string" ? body.detail : "";
  }
  return new ApiError("problem", { status: response.status, detail });
}

async function whole(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("broken");
  }
}

const json = async (path, options) => whole((await request(path, options)).json());

export const listDocuments = (cursor) =>
  json(`v1/documents?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
export const getDocument = (id) => json(`v1/documents/${encodeURIComponent(id)}`);
export const getText = async (id) =>
  whole((await request(`v1/documents/${encodeURIComponent(id)}/text`)).text());
export const getExamples = () => json("static/examples.json");

/**
 * Ask, and hand each part on as it arrives: `on.passages(list)`, `on.delta(text)`, `on.citation(citation)`.
 * Resolves to the closing object (status, reason, confidence, …); rejects with ApiError or an AbortError.
 */
export async function ask({ question, history }, on, signal) {
  const response = await request("v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ question, history, stream: true }),
    signal,
  });
  const stream = events(response.body);
  for (;;) {
    const { value, done } = await whole(stream.next());
    if (done) throw new ApiError("broken"); // The stream ended without saying so.
    const data = parse(value.data);
    if (value.event === "passages") on.passages(data.passages);
    else if (value.event === "delta") on.delta(data.text);
    else if (value.event === "citation") on.citation(data.citation);
    else if (value.event === "error") throw new ApiError("problem", { status: data.status, detail: data.detail ?? "" });
    else if (value.event === "done") return data;
  }
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    throw new ApiError("broken");
  }
}
