// The chat page: wires the parts together.

import { ask, getExamples, listDocuments } from "./api.js";
import { startChrome } from "./chrome.js";
import { copyText, turnAsText } from "./clipboard.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, el, modalDialog } from "./dom.js";
import { failureOf, failureText } from "./failures.js";
import { language, number, t } from "./i18n.js";
import { SourcePanel } from "./panel.js";
import { Reports } from "./reports.js";
import { drawTurn } from "./turn.js";

startChrome();
const conversation = Conversation.restore();
const panel = new SourcePanel();
const reports = new Reports();
const composer = new Composer(send, () => running?.abort());
const drawn = new Map(); // turn → its article
let running = null; // the AbortController of the request under way
let known = null; // `{count, more, names}` of the reports, once the service has said so

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
  drawWelcome();
  for (const id of ["new", "turns"]) byId(id).hidden = conversation.turns.length === 0;
}

async function send(question) {
  const history = conversation.history();
  const turn = conversation.start(question);
  drawAll();
  drawn.get(turn).scrollIntoView({ block: "start" });
  const controller = new AbortController();
  running = controller;
  composer.running = true;
  announce(t("turn.searching"));
  try {
    const closing = await ask({ question, history }, parts(turn), controller.signal);
    Object.assign(turn, closing, { state: "done" });
  } catch (error) {
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

function drawWelcome() {
  byId("welcome").hidden = conversation.turns.length > 0;
  const empty = known !== null && known.count === 0;
  byId("welcome-empty").hidden = !empty;
  byId("welcome-examples").hidden = empty || !byId("examples").childElementCount;
  byId("reports-count").textContent =
    known === null ? t("nav.reports") : t("nav.reports.count", { n: number(known.count) + (known.more ? "+" : "") });
}

async function loadWelcome() {
  // The page works without either: whatever fails here shows when a question is asked.
  const [examples, list] = await Promise.allSettled([getExamples(), listDocuments()]);
  if (list.status === "fulfilled") {
    const { documents, next } = list.value;
    known = { count: documents.length, more: Boolean(next), names: documents.map((document) => document.name) };
  }
  const drawExamples = () => {
    // Asked of other reports than the one they were written for, these would only be refused.
    const fitting = known?.names.includes(examples.value?.document);
    const questions = (fitting && examples.value[language()]) || [];
    const chip = (q) => el("li", {}, el("button", { type: "button", class: "chip", onclick: () => running || send(q) }, q));
    byId("examples").replaceChildren(...questions.map(chip));
    drawWelcome();
  };
  drawExamples();
  document.addEventListener("yinju:language", drawExamples);
}

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
loadWelcome();
if (conversation.turns.length) drawn.get(conversation.turns[conversation.turns.length - 1]).scrollIntoView({ block: "start" });
