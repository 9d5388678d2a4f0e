// One file on its way to the service, and how far it is.

import { addPath, ApiError, BASE, problemError, replacePath, unlocked } from "./api.js";
import { watch } from "./jobs.js";

const LOST = 3; // times the connection may be lost before the person decides
const LONGEST_WAIT = 60; // seconds

/** A name for a request, so that sent again it is not carried out again. */
export function requestKey() {
  // randomUUID is not there on a plain http address; this is.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A POST or PUT of `form` that says how much was sent (fetch can't). Resolves to `{status, body}`. */
function post(method, path, form, headers, sent, signal) {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new DOMException("stopped", "AbortError"));
    if (signal.aborted) return stopped();
    const request = new XMLHttpRequest();
    request.open(method, new URL(path, BASE));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => sent(event.loaded));
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status < 300) resolve({ status: request.status, body });
      else reject(problemError(body, request.status, request.getResponseHeader("retry-after")));
    });
    request.addEventListener("error", () => reject(new ApiError("offline")));
    request.addEventListener("abort", stopped);
    signal.addEventListener("abort", () => request.abort());
    return request.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    };
    const timer = setTimeout(() => (signal.removeEventListener("abort", stop), resolve()), 1000 * seconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * state: "waiting", "sending" (`sent` bytes), "paused" (`left` seconds, for the reason `error`), "working" (`job`), then
 * "added", "same" (was there already), "replaced", "unchanged", "refused" (`error`), "failed" (`error`; may be tried
 * again) or "stopped".
 */
export class Transfer {
  state = "waiting";
  sent = 0;
  left = 0;
  error = null;
  job = null;
  documentId = null;
  version = null;
  #key = requestKey();
  #stop = new AbortController();

  /** replaces: the document to replace, as lists show it, or null; collection: where to add it otherwise. */
  constructor(file, { collection = null, replaces = null }, changed) {
    Object.assign(this, { file, collection, replaces, changed });
  }

  get ended() {
    return !["waiting", "sending", "paused", "working"].includes(this.state);
  }

  /** Until the service has all of it. */
  get canStop() {
    return ["waiting", "sending", "paused"].includes(this.state);
  }

  stop() {
    this.#stop.abort();
    if (this.state === "waiting") this.#become("stopped");
  }

  /** To be sent once more, under the same name: what the service has of it already stays as it is. */
  again() {
    this.#stop = new AbortController();
    this.#become("waiting");
  }

  /** Send it and see it through. Never rejects but for a fault of the page. */
  async run() {
    try {
      await this.#checkFile();
      await this.#settle(await this.#send());
    } catch (error) {
      if (error.name === "AbortError") this.#become("stopped");
      else if (error.name === "ApiError") this.#become(error.kind === "problem" && !error.mayPass ? "refused" : "failed", { error });
      else throw error;
    }
  }

  #become(state, values = {}) {
    Object.assign(this, { state, ...values });
    this.changed(this);
  }

  async #checkFile() {
    try {
      await this.file.slice(0, 1).arrayBuffer();
    } catch {
      throw new ApiError("unreadable"); // Moved, changed or locked since it was chosen, or a folder.
    }
  }

  async #send() {
    for (let tries = 0, lost = 0; ; tries += 1) {
      this.#become("sending", { sent: 0 });
      try {
        return await this.#post();
      } catch (error) {
        if (error.name !== "ApiError") throw error;
        if (await unlocked(error)) continue;
        lost += error.kind === "offline" ? 1 : 0;
        if (!error.mayPass && (error.kind !== "offline" || lost > LOST)) throw error;
        await this.#pause(Math.max(error.retryAfter ?? 1, Math.min(LONGEST_WAIT, 2 ** tries)), error);
      }
    }
  }

  #post() {
    const form = new FormData();
    if (this.collection) form.append("collection", this.collection);
    form.append("file", this.file, this.file.name);
    const headers = { "Idempotency-Key": this.#key, Prefer: "respond-async", Accept: "application/json" };
    if (this.replaces) headers["If-Match"] = `"${this.replaces.text_sha256}"`;
    const path = this.replaces ? replacePath(this.replaces.id) : addPath;
    const sent = (bytes) => this.#become("sending", { sent: Math.min(bytes, this.file.size) });
    return post(this.replaces ? "PUT" : "POST", path, form, headers, sent, this.#stop.signal);
  }

  async #pause(seconds, error) {
    for (let left = seconds; left > 0; left -= 1) {
      this.#become("paused", { left, error });
      await sleep(1, this.#stop.signal);
    }
  }

  async #settle({ status, body }) {
    if (status !== 202) return this.#end(body.id, body.version, this.replaces ? body.version > this.replaces.version : status === 201);
    this.#become("working", { job: body.job });
    const job = await watch(body.job.id, (heard) => this.#become("working", { job: heard }));
    if (job.error) throw problemError(job.error, job.error.status);
    return this.#end(job.document_id, job.version, job.created);
  }

  #end(documentId, version, made) {
    const state = this.replaces ? (made ? "replaced" : "unchanged") : made ? "added" : "same";
    this.#become(state, { documentId, version });
  }
}
