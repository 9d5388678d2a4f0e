// Files dropped anywhere on the page, and folders of them.

const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;

/**
 * `allowed()` says whether files are welcome just now; `dropped(files)` gets them, those in folders too.
 * While files hover over the page, the body has the class "is-dropping".
 */
export function acceptDrops(allowed, dropped) {
  let depth = 0; // dragenter and dragleave come for every element that is crossed
  const show = () => document.body.classList.toggle("is-dropping", depth > 0 && allowed());
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    show();
  });
  document.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    show();
  });
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // Or the browser would leave the page for the file.
    event.dataTransfer.dropEffect = allowed() ? "copy" : "none";
  });
  document.addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show();
    if (!allowed()) return;
    const files = await filesOf(event.dataTransfer);
    if (files.length) dropped(files);
  });
}

function filesOf(transfer) {
  // Both have to be asked for at once: after the event there is nothing in it any more.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  return entries.some((entry) => entry.isDirectory) ? filesIn(entries) : Promise.resolve(plain);
}

async function filesIn(entries) {
  const found = [];
  for (const entry of entries) {
    if (entry.isDirectory) found.push(...(await filesIn(await children(entry))));
    // What the system keeps for itself (.DS_Store, ~$报告.docx) is nobody's report.
    else if (!/^(\.|~\$|Thumbs\.db$|desktop\.ini$)/.test(entry.name)) found.push(await fileOf(entry));
  }
  return found.filter(Boolean);
}

const fileOf = (entry) => new Promise((resolve) => entry.file(resolve, () => resolve(null)));

async function children(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    // It gives a hundred at a time, and nothing when there are no more.
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return found.sort((a, b) => a.name.localeCompare(b.name));
    found.push(...some);
  }
}
