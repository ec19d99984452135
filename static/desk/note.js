// The note's editor: headings that follow the section schema, and slips that are found while one
// types. Without it a new note has its headings, and the slips are there after each save.
const form = document.getElementById("w-editor-form");
const slips = document.getElementById("note-slips");
const bodies = JSON.parse(document.getElementById("note-bodies").textContent);
const PAUSE = 1200;

// --- The section schema -------------------------------------------------------------------

const headingOf = (section) => section.block.childBlocks.heading.getValue() || "";
const known = new Set(
  Object.values(bodies).flatMap((body) => body.map((section) => section.value.heading || "")),
);

function isEmptyText(part) {
  if (part.type !== "text") return false;
  const written = part.block.getValue();
  if (!written) return true;
  try {
    const state = JSON.parse(written);
    return !state || state.blocks.every((block) => !block.text.trim());
  } catch {
    return false;
  }
}

// Nobody has written anything there: neither words nor a heading of their own.
function isUnwritten(section) {
  const { parts } = section.block.childBlocks;
  // What was typed a moment ago is on the page, and not in the form yet.
  const editors = [...section.element.querySelectorAll("[contenteditable=true]")];
  return (
    known.has(headingOf(section)) &&
    parts.children.every(isEmptyText) &&
    editors.every((editor) => !editor.textContent.trim())
  );
}

function follow(body) {
  const stream = document.getElementById("body-root")?.rootBlock;
  if (!stream || !body) return;
  for (let at = stream.children.length - 1; at >= 0; at -= 1) {
    if (isUnwritten(stream.children[at])) stream.deleteBlock(at);
  }
  // From the last to the first, so that a heading comes before the one that follows it.
  let place = stream.children.length;
  for (const section of [...body].reverse()) {
    const there = stream.children.findIndex(
      (one) => headingOf(one) === (section.value.heading || ""),
    );
    if (there < 0) stream.insert(structuredClone(section), place);
    else place = there;
  }
}

form.elements.schema?.addEventListener("change", (event) => {
  follow(bodies[event.target.value || 0]);
});

// --- A save by hand waits for what is under way --------------------------------------------

// Sent at the same time as a save by itself, the two would make two notes of a new one. And what
// was typed a moment ago is not in the form yet: Draftail hands it over after a quarter of a second.
const SETTLES = 400;
let typedAt = -SETTLES;
let savesItself = false;
let held = null;
let leaves = false;

function submitHeld() {
  if (!held || savesItself) return;
  const submitter = held === form ? null : held;
  held = null;
  // Wagtail has put it out of use meanwhile, and then the form would not say which it was.
  if (submitter) submitter.disabled = false;
  form.requestSubmit(submitter);
}

form.addEventListener(
  "submit",
  (event) => {
    const settlesIn = typedAt + SETTLES - performance.now();
    if (!savesItself && settlesIn <= 0) {
      leaves = true;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    held = event.submitter ?? form;
    setTimeout(submitHeld, Math.max(settlesIn, 0));
  },
  true,
);

form.addEventListener("input", () => {
  typedAt = performance.now();
});

document.addEventListener("w-autosave:save", (event) => {
  if (leaves) event.preventDefault();
  else savesItself = true;
});

for (const end of ["success", "error"]) {
  document.addEventListener(`w-autosave:${end}`, () => {
    savesItself = false;
    submitHeld();
  });
}

// Whoever comes back to the page with the browser's arrow goes on writing.
window.addEventListener("pageshow", () => {
  leaves = false;
});

// --- Names for the editors of text, which Draftail leaves without one -----------------------

function nameEditors() {
  for (const editor of document.querySelectorAll("[role=textbox]:not([aria-label])")) {
    editor.setAttribute("aria-label", "Text");
  }
}

new MutationObserver(nameEditors).observe(form, { childList: true, subtree: true });
nameEditors();

// --- What looks like a slip ---------------------------------------------------------------

let timer;
let asked = 0;

async function look() {
  asked += 1;
  const mine = asked;
  try {
    const answer = await fetch(slips.dataset.url, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    // A later question has been asked, or somebody is not signed in any more.
    if (mine !== asked || !answer.ok || answer.redirected) return;
    show(await answer.text());
  } catch {
    // The server is away for a moment.
  }
}

function show(html) {
  const details = slips.querySelector("details");
  const wasOpen = details.open;
  const hadSome = slips.querySelector("li") !== null;
  const focused = slips.contains(document.activeElement) && document.activeElement.value;
  slips.innerHTML = html;
  if (hadSome && slips.querySelector("li")) slips.querySelector("details").open = wasOpen;
  if (focused) {
    [...slips.querySelectorAll("button")]
      .find((button) => button.value === focused)
      ?.focus({ preventScroll: true });
  }
}

function lookLater() {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
}

// What Wagtail calls a change: typed, pasted, moved or taken away.
document.addEventListener("w-unsaved:add", lookLater);
form.addEventListener("input", lookLater);
form.addEventListener("change", lookLater);
