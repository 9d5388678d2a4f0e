// The service counts Unicode code points; JavaScript strings count UTF-16 units. These are the only crossings.

/** UTF-16 indexes for code point `offsets`, in the order given; those past the end give `text.length`. */
export function utf16Offsets(text, offsets) {
  const order = [...offsets.keys()].sort((a, b) => offsets[a] - offsets[b]);
  const result = new Array(offsets.length);
  let unit = 0;
  let point = 0;
  for (const index of order) {
    while (point < offsets[index] && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    result[index] = unit;
  }
  return result;
}

/** The number of code points in `text`. */
export function codePoints(text) {
  let count = 0;
  for (let unit = 0; unit < text.length; count += 1) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return count;
}

/** The slice `[start, end)` of `text`, in code points. */
export function slice(text, start, end) {
  const [from, to] = utf16Offsets(text, [start, end]);
  return text.slice(from, to);
}

/** The first `count` code points of `text`. */
export function head(text, count) {
  return slice(text, 0, count);
}

/** `{start, end}` of "#char=4711,4760"; null when there is none, undefined when it can't be read. */
export function parseRange(hash) {
  if (!hash.startsWith("#char=")) return null;
  const found = /^#char=(\d{1,9}),(\d{1,9})$/.exec(hash);
  if (!found) return undefined;
  const [start, end] = [Number(found[1]), Number(found[2])];
  return start < end ? { start, end } : undefined;
}
