// The issue desk without loading it anew: notes are dragged or moved by the keyboard and saved at
// once, the preview changes in place. Without this every button and link of the page still works.
const page = document.getElementById("issue");
const said = document.getElementById("issue-said");
const frame = document.getElementById("issue-preview");
// So near to the window's edge a dragged note makes the page scroll.
const EDGE = 60;
// At the desk it is not the window that scrolls.
const scroller = scrollerOf(page);

function scrollerOf(element) {
  for (let one = element; one; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return document.scrollingElement;
}

const list = () => page.querySelector("[data-arrange]");
const form = () => document.getElementById("issue-changes");
const order = () => [...list().children].map((note) => note.dataset.key).join(",");

// --- Saving: one request at a time, and each says which order it was made in. ---

const waiting = [];
let saving = false;
let held = null;

function change(address, fields, focused) {
  // Of two orders one after the other the second one counts.
  if ("order" in fields && waiting.at(-1)?.fields.order) waiting.pop();
  waiting.push({ address, fields, focused });
  if (!saving) save();
}

async function save() {
  saving = true;
  while (waiting.length) {
    const { address, fields, focused } = waiting.shift();
    const posted = new FormData(form());
    for (const [name, value] of Object.entries(fields)) posted.set(name, value);
    show(await answered(address, posted), focused);
  }
  saving = false;
}

// The page as it is after the change; null where there is none.
async function answered(address, posted) {
  try {
    const response = await fetch(address, { method: "POST", body: posted });
    if (!response.ok) return null;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    return answer.getElementById("issue-notes") && answer;
  } catch {
    return null;
  }
}

function show(answer, focused) {
  const message = answer?.querySelector(".messages li");
  const refused = !answer || message?.matches(".error");
  if (refused) waiting.length = 0;
  if (!answer) {
    putBack(form().elements.seen.value);
    complain("Nothing was saved: the server did not answer as it should. Load this page again.");
    return;
  }
  if (!refused && (held || waiting.length)) {
    // Somebody arranges on: only what the next change has to know is taken.
    form().replaceWith(answer.getElementById("issue-changes"));
    return;
  }
  for (const part of page.querySelectorAll("[data-part]")) {
    part.innerHTML = answer.getElementById(part.id)?.innerHTML ?? "";
    part.inert = false;
  }
  if (frame) frame.src = frame.getAttribute("src");
  refocus(focused);
  tell(message, answer);
}

// What was done is said and not shown; what is more than that stands on top of the page.
function tell(message, answer) {
  const shown = document.querySelector(".messages ul");
  const isDone = message?.matches(".success");
  said.textContent = isDone ? message.textContent.trim().replace(/\s+/g, " ") : "";
  shown.replaceChildren(...(isDone ? [] : answer.querySelectorAll(".messages li")));
  if (shown.children.length) shown.scrollIntoView({ block: "nearest" });
}

function complain(sentence) {
  const item = document.createElement("li");
  item.className = "error";
  item.textContent = sentence;
  document.querySelector(".messages ul").replaceChildren(item);
  item.scrollIntoView({ block: "nearest" });
}

function refocus(ids) {
  const found = ids.map((id) => document.getElementById(id));
  const element = found.find((one) => one && !one.matches("[aria-disabled]"));
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "nearest" });
}

// --- Arranging. ---

// The others make room: what is moved itself loses the focus, and the pointer that holds it.
function carry(note, other) {
  const goesDown = note.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  while (goesDown && note.previousElementSibling !== other) note.before(note.nextElementSibling);
  while (!goesDown && note.nextElementSibling !== other) note.after(note.previousElementSibling);
}

function putBack(keys) {
  for (const key of keys.split(",")) list()?.append(document.getElementById(`note-${key}`) ?? "");
}

function step(note, by, focused) {
  const other = by < 0 ? note.previousElementSibling : note.nextElementSibling;
  if (other) {
    carry(note, other);
    saved(note, focused);
  } else {
    said.textContent = by < 0 ? "It is the first one." : "It is the last one.";
  }
}

function saved(note, focused) {
  change(form().action, { order: order(), moved: note.dataset.key }, focused);
  note.scrollIntoView({ block: "nearest" });
}

page.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.id !== "issue-changes" || !button) return;
  event.preventDefault();
  const note = `note-${button.value}`;
  if (button.name === "note") {
    // Until it is done nothing else can be asked of these notes.
    document.getElementById("issue-notes").inert = true;
    change(button.formAction, { note: button.value }, [note, "notes-heading"]);
    return;
  }
  const [by, other] = button.name === "up" ? [-1, "down"] : [1, "up"];
  step(document.getElementById(note), by, [button.id, `${other}-${button.value}`]);
});

page.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const note = event.target.closest("[data-arrange] > .issue-note");
  if (!by || !event.altKey || !note) return;
  event.preventDefault();
  step(note, by, [event.target.id, note.id]);
});

// --- Dragging, by mouse, pen or finger. ---

page.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".issue-grip");
  if (!grip || event.button) return;
  event.preventDefault();
  const note = grip.closest(".issue-note");
  const before = order();
  held = note;
  grip.setPointerCapture(event.pointerId);
  note.classList.add("issue-note--held");
  document.body.classList.add("issue-arranged");

  function drag({ clientY }) {
    if (!note.isConnected) return;
    scroller.scrollBy(0, Math.min(0, clientY - EDGE) + Math.max(0, clientY - innerHeight + EDGE));
    const other = [...list().children].find((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return clientY >= top && clientY <= bottom;
    });
    if (!other || other === note) return;
    const { top, height } = other.getBoundingClientRect();
    const goesDown = note.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    // Past its middle, so that two of different heights do not change places for ever.
    if (goesDown ? clientY > top + height / 2 : clientY < top + height / 2) carry(note, other);
  }

  function drop({ type }) {
    grip.removeEventListener("pointermove", drag);
    grip.removeEventListener("pointerup", drop);
    grip.removeEventListener("pointercancel", drop);
    held = null;
    note.classList.remove("issue-note--held");
    document.body.classList.remove("issue-arranged");
    // It is not, if somebody else's arrangement has taken the place of this one meanwhile.
    if (!note.isConnected) return;
    if (type === "pointercancel") putBack(before);
    else if (order() !== before) saved(note, [note.id]);
  }

  grip.addEventListener("pointermove", drag);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", drop);
});

// --- The preview. ---

page.addEventListener("click", (event) => {
  const link = event.target.closest("[data-src]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const one of page.querySelectorAll("[data-src]")) one.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  frame.src = link.dataset.src;
  frame.parentElement.classList.toggle("issue-window--narrow", "narrow" in link.dataset);
  document.getElementById("alone").href = link.dataset.alone;
});

// --- Looking on while others work: what was started, and what is being sent. ---

const PAUSE = 2000;
const PATIENCE = 60_000;
const begun = performance.now();

async function lookOn() {
  const isStarting = "awaited" in page.dataset && performance.now() - begun < PATIENCE;
  if (!isStarting && !("moves" in page.dataset)) return;
  try {
    const response = await fetch(location.pathname);
    // Whoever is not signed in any more sees it when the page is loaded again.
    if (!response.ok || response.redirected) return;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = answer.getElementById("issue");
    if (now.dataset.stamp !== page.dataset.stamp) {
      location.replace(location.pathname);
      return;
    }
    const state = document.getElementById("issue-state");
    if (!state.contains(document.activeElement)) {
      state.innerHTML = answer.getElementById("issue-state").innerHTML;
    }
  } catch {
    // The server is away for a moment.
  }
  setTimeout(lookOn, PAUSE);
}

setTimeout(lookOn, PAUSE);
