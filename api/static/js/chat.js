// The chat page: wires the parts together.

import { findAccess, keyName, logOut, takeKeys } from "./access.js";
import { ask } from "./api.js";
import { startChrome } from "./chrome.js";
import { copyText, turnAsText } from "./clipboard.js";
import { Collections } from "./collections.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, modalDialog } from "./dom.js";
import { errorText, failureOf, failureText } from "./failures.js";
import { t } from "./i18n.js";
import { SourcePanel } from "./panel.js";
import { Reports } from "./reports.js";
import { drawTurn } from "./turn.js";
import { Welcome } from "./welcome.js";

startChrome();
takeKeys();
const conversation = Conversation.restore();
const panel = new SourcePanel();
const collections = new Collections();
const reports = new Reports(collections, (gone) => (gone ? welcome.load() : welcome.draw()));
const welcome = new Welcome(collections, reports, (question) => running || send(question));
const composer = new Composer(send, () => running?.abort());
const drawn = new Map(); // turn → its article
let running = null; // the AbortController of the request under way

const act = {
  citation(turn, cited) {
    panel.showCitation(turn.citations, turn.citations.findIndex((citation) => citation.number === cited));
  },
  passage: (passage) => panel.showPassage(passage),
  reports: () => reports.open(),
  retry(turn) {
    if (running) return;
    conversation.remove(turn);
    drawAll();
    send(turn.question);
  },
  async copy(turn, button) {
    const copied = await copyText(turnAsText(turn));
    const words = t(copied ? "turn.copied" : "turn.copy_failed");
    button.querySelector("span").textContent = words;
    announce(words);
    setTimeout(() => (button.querySelector("span").textContent = t("turn.copy")), 2500);
  },
  print(article) {
    article.classList.add("to-print");
    document.body.classList.add("print-one");
    window.print();
  },
};

window.addEventListener("afterprint", () => {
  document.body.classList.remove("print-one");
  document.querySelector(".to-print")?.classList.remove("to-print");
});

function announce(words) {
  byId("live").textContent = words;
}

function draw(turn) {
  const article = drawTurn(turn, act);
  drawn.get(turn)?.replaceWith(article);
  if (!article.isConnected) byId("turns").append(article);
  drawn.set(turn, article);
}

function drawAll() {
  panel.close();
  drawn.clear();
  byId("turns").replaceChildren();
  conversation.turns.forEach(draw);
  welcome.shown = conversation.turns.length === 0;
  for (const id of ["new", "turns"]) byId(id).hidden = conversation.turns.length === 0;
}

async function send(question) {
  const history = conversation.history();
  const turn = conversation.start(question);
  turn.within = collections.asked(); // kept with the turn: what was not searched was not found either
  turn.everywhere = !collections.narrowed;
  drawAll();
  drawn.get(turn).scrollIntoView({ block: "start" });
  const controller = new AbortController();
  running = controller;
  composer.running = true;
  announce(t("turn.searching"));
  try {
    const asked = { question, history, collections: turn.within };
    Object.assign(turn, await ask(asked, parts(turn), controller.signal), { state: "done" });
  } catch (error) {
    if (error.reason === "unknown-collection") welcome.load(); // Its last document went: no longer to be chosen.
    turn.failure = failureOf(error);
    turn.state = turn.failure.kind === "stopped" ? "stopped" : "failed";
  }
  if (running === controller) finish();
  if (!conversation.turns.includes(turn)) return; // A new conversation was begun meanwhile.
  conversation.save();
  draw(turn);
  announce(summary(turn));
}

function finish() {
  running = null;
  composer.running = false;
}

function parts(turn) {
  return {
    passages: (list) => (turn.passages = list),
    delta(text) {
      turn.answer += text;
      draw(turn);
    },
    citation(citation) {
      turn.citations.push(citation);
      draw(turn);
    },
  };
}

function summary(turn) {
  if (turn.state !== "done") return t("turn.live.failed", { message: failureText(turn).join(" ") });
  return t(`turn.live.${turn.status}`, { answer: turn.answer, n: turn.citations.length });
}

async function start() {
  try {
    await findAccess();
  } catch (error) {
    if (error.status === 401) return; // Not now: the next question asks for the key again.
    if (error.status === 403) welcome.closedBy(error);
    await welcome.load();
  }
}

document.addEventListener("yinju:session", () => {
  const words = t("nav.log_out", { name: keyName() ?? "" });
  byId("log-out").hidden = keyName() === null;
  byId("log-out").title = words;
  byId("log-out").setAttribute("aria-label", words);
  reports.uploads.drawChoices();
  welcome.load();
});
byId("log-out").addEventListener("click", async () => {
  running?.abort();
  await logOut().catch((error) => announce(errorText(error)));
});
byId("new").addEventListener("click", () => {
  running?.abort();
  finish();
  conversation.clear();
  drawAll();
  composer.focus();
});
byId("open-reports").addEventListener("click", () => reports.open());
byId("welcome-how").addEventListener("click", () => reports.open());
document.addEventListener("yinju:language", drawAll);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.isOpen && !modalDialog()) panel.close();
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  if (event.key === "/" && plain && !typing && !modalDialog()) {
    event.preventDefault();
    composer.focus();
  }
});

drawAll();
start();
if (conversation.turns.length) drawn.get(conversation.turns[conversation.turns.length - 1]).scrollIntoView({ block: "start" });
