// What was asked and answered in this tab: kept through a reload, forgotten with the tab.

import { head } from "./offsets.js";

const KEY = "yinju.conversation";
const KEPT = 20; // turns
const EXCHANGES = 10; // sent along with a new question
const LONGEST = 2000; // characters of one history entry

export class Conversation {
  turns = [];

  /** The turns this tab held before a reload. One still running then is marked as interrupted. */
  static restore() {
    const conversation = new Conversation();
    try {
      conversation.turns = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    } catch {
      // Unreadable or forbidden storage: start anew.
    }
    for (const turn of conversation.turns) {
      if (turn.state === "running") turn.state = "interrupted";
    }
    return conversation;
  }

  start(question) {
    const turn = { question, state: "running", answer: "", citations: [], passages: [] };
    this.turns = [...this.turns, turn].slice(-KEPT);
    this.save();
    return turn;
  }

  remove(turn) {
    this.turns = this.turns.filter((other) => other !== turn);
    this.save();
  }

  clear() {
    this.turns = [];
    this.save();
  }

  save() {
    // Storage holds a few megabytes at most: give up the oldest turns before giving up on keeping any.
    for (let from = 0; from <= this.turns.length; from += 1) {
      try {
        sessionStorage.setItem(KEY, JSON.stringify(this.turns.slice(from)));
        return;
      } catch {
        // Too large: try with one turn less.
      }
    }
  }

  /** The answered turns as the service wants them, oldest first. */
  history() {
    const done = this.turns.filter((turn) => turn.state === "done").slice(-EXCHANGES);
    return done.flatMap((turn) => [
      { role: "user", content: head(turn.question, LONGEST) },
      { role: "assistant", content: head(turn.answer, LONGEST) },
    ]);
  }
}
