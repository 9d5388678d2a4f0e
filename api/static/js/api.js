// The service's HTTP interface.

import { events } from "./sse.js";

// Found from where this file lies, so that the pages also work under a path prefix.
export const BASE = new URL("../../", import.meta.url);

/** The page of a document: of one version of it (null: the newest), opened at a range of code points. */
export function sourceHref(id, { start = 0, end = 0, version = null } = {}) {
  const url = new URL(`documents/${encodeURIComponent(id)}`, BASE);
  if (version) url.searchParams.set("version", version);
  if (end > start) url.hash = `char=${start},${end}`;
  return url.href;
}

/**
 * What went wrong, in a form the page can put into words.
 * kind: "offline" (no connection), "broken" (the answer stopped half way) or "problem" (the service said no).
 * reason: the name of the kind of problem. retryAfter: seconds, or null. deletedAt: ISO 8601, or null.
 */
export class ApiError extends Error {
  constructor(kind, { status = 0, detail = "", reason = "", retryAfter = null, deletedAt = null } = {}) {
    super(detail || kind);
    this.name = "ApiError";
    Object.assign(this, { kind, status, detail, reason, retryAfter, deletedAt });
  }

  /** Something passes by itself: too many requests, a service that starts. */
  get mayPass() {
    return this.status === 429 || this.status === 503;
  }
}

/** An ApiError of a problem object, and what the header Retry-After said. */
export function problemError(problem, status, retryAfter = null) {
  const words = (value) => (typeof value === "string" ? value : "");
  return new ApiError("problem", {
    status,
    detail: words(problem.detail),
    reason: words(problem.type).replace(/^.*\//, ""),
    retryAfter: /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : null,
    deletedAt: words(problem.deleted_at) || null,
  });
}

let askForKey = async () => false;

/** `ask()` is called when the service wants a key, and gives whether there is a session now. */
export const onLocked = (ask) => (askForKey = ask);
/** Whether a request that was refused for want of a key may be sent again; asks the person for one. */
export const unlocked = async (error) => error.status === 401 && askForKey();

async function send(path, options) {
  let response;
  try {
    response = await fetch(new URL(path, BASE), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("offline");
  }
  if (response.ok) return response;
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const problem = isJson ? await response.json().catch(() => ({})) : {};
  throw problemError(problem, response.status, response.headers.get("retry-after"));
}

async function request(path, options = {}) {
  for (;;) {
    try {
      return await send(path, options);
    } catch (error) {
      if (!(await unlocked(error))) throw error;
    }
  }
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
const JSON_BODY = { "Content-Type": "application/json" };
const documentPath = (id, rest = "", version = null) =>
  `v1/documents/${encodeURIComponent(id)}${rest}${version ? `?version=${encodeURIComponent(version)}` : ""}`;

export const getExamples = () => json("static/examples.json");
export const listDocuments = (cursor, limit = 50) =>
  json(`v1/documents?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
export const getDocument = (id, version) => json(documentPath(id, "", version));
export const getText = async (id, version) => whole((await request(documentPath(id, "/text", version))).text());
export const getVersions = async (id) => (await json(documentPath(id, "/versions"))).versions;
export const getCollections = async () => (await json("v1/collections")).collections;
export const getJob = (id) => json(`v1/jobs/${encodeURIComponent(id)}`);
export const addPath = "v1/documents";
export const replacePath = (id) => documentPath(id);

/** Delete a document, if its text still has that hash; `{passages, vectors, versions}` of it are gone. */
export const deleteDocument = (id, sha, key) =>
  json(documentPath(id), { method: "DELETE", headers: { "If-Match": `"${sha}"`, "Idempotency-Key": key } });

export const getSession = () => json("v1/session");
/** Hand in a key. Rejects with status 401 where it is not accepted, without asking for another. */
export const openSession = async (key) =>
  whole((await send("v1/session", { method: "POST", headers: JSON_BODY, body: JSON.stringify({ key }) })).json());
export const closeSession = () => send("v1/session", { method: "DELETE" });

/**
 * Ask, and hand each part on as it arrives: `on.passages(list)`, `on.delta(text)`, `on.citation(citation)`.
 * collections: null for those the service looks in by itself.
 * Resolves to the closing object (status, reason, confidence, …); rejects with ApiError or an AbortError.
 */
export async function ask({ question, history, collections }, on, signal) {
  const response = await request("v1/ask", {
    method: "POST",
    headers: { ...JSON_BODY, Accept: "text/event-stream" },
    body: JSON.stringify({ question, history, stream: true, ...(collections ? { collection: collections } : {}) }),
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
    else if (value.event === "error") throw problemError(data, data.status);
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
