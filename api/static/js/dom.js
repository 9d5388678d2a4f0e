// Building elements. Text goes in as text nodes only: nothing on these pages is ever parsed as HTML.

/** An element; `attributes` with null, undefined or false values are left out, `true` gives an empty one. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") node.addEventListener("click", value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** The dialog that makes the rest of the page inert, or null. (`:modal` is newer than many an office browser.) */
export function modalDialog() {
  const open = document.querySelectorAll("dialog[open][data-modal]");
  return open[open.length - 1] ?? null; // Those that open over others come later in the page.
}

export function showModal(dialog) {
  dialog.dataset.modal = "";
  dialog.showModal();
}

export function showBeside(dialog) {
  delete dialog.dataset.modal;
  dialog.show();
}

const SVG = "http://www.w3.org/2000/svg";

/** A line icon; `paths` are SVG path data on a 24 by 24 grid. */
export function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  for (const data of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  copy: ["M9 9h11v11H9z", "M5 15V4h11"],
  print: ["M7 9V4h10v5", "M7 17H4V9h16v8h-3", "M7 14h10v6H7z"],
  warn: ["M12 4l9 16H3z", "M12 10v4.5", "M12 17v.5"],
  search: ["M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14z", "M16 16l4.5 4.5"],
  left: ["M15 5l-7 7 7 7"],
  right: ["M9 5l7 7-7 7"],
  open: ["M10 5H5v14h14v-5", "M14 4h6v6", "M20 4l-9 9"],
};
