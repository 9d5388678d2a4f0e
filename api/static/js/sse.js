// Reading text/event-stream from a fetch body (EventSource can't POST).

/** Yields `{event, data}` for each event of `stream`, a ReadableStream of bytes. `data` is text. */
export async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = emptyEvent();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return; // An event without its closing blank line is incomplete, and dropped by the standard.
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line !== "") {
        readField(event, line);
      } else if (event.lines.length) {
        yield { event: event.name, data: event.lines.join("\n") };
        event = emptyEvent();
      } else {
        event = emptyEvent();
      }
    }
  }
}

const emptyEvent = () => ({ name: "message", lines: [] });

function readField(event, line) {
  const colon = line.indexOf(":");
  if (colon === 0) return; // A comment: the server's way of keeping the connection open.
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "event") event.name = value;
  if (field === "data") event.lines.push(value);
}
