// How far the service is with what was sent. However many jobs there are, it is asked about the oldest few.

import { getJob } from "./api.js";

const EVERY = 500; // milliseconds
const AT_ONCE = 2; // the service works off one job after another, and indexes one while it reads the next
const AFTER_FAILURE = 3; // seconds

const watched = new Map(); // job id → {heard, resolve, reject}
let running = false;

/** Resolves to the job once it has ended, calling `heard(job)` on the way. Rejects with ApiError. */
export function watch(id, heard) {
  return new Promise((resolve, reject) => {
    watched.set(id, { heard, resolve, reject });
    if (!running) run();
  });
}

async function run() {
  running = true;
  while (watched.size) {
    await sleep(EVERY);
    for (const id of [...watched.keys()].slice(0, AT_ONCE)) await look(id);
  }
  running = false;
}

async function look(id) {
  const { heard, resolve, reject } = watched.get(id);
  try {
    const job = await getJob(id);
    if (job.state !== "done" && job.state !== "failed") return heard(job);
    watched.delete(id);
    return resolve(job);
  } catch (error) {
    // The service has the file and works on; what passes by itself is waited for.
    if (error.name === "ApiError" && (error.mayPass || error.kind !== "problem")) {
      return sleep(1000 * (error.retryAfter ?? AFTER_FAILURE));
    }
    watched.delete(id);
    return reject(error);
  }
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
