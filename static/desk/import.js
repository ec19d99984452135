// Takes files that are dropped anywhere in the frame, and says what was chosen before it leaves.
const form = document.getElementById("import");
const zone = form.querySelector(".import-zone");
const field = document.getElementById("files");
const chosen = document.getElementById("files-chosen");
const button = document.getElementById("import-button");
const MB = 1_000_000;
const { mostFiles, largest, mostBytes } = form.dataset;

function tooMuch(files) {
  const sum = files.reduce((bytes, file) => bytes + file.size, 0);
  const large = files.find((file) => file.size > Number(largest));
  if (files.length > Number(mostFiles)) return `Choose at most ${mostFiles} files.`;
  if (large) return `${large.name} has more than ${largest / MB} MB; make its pictures smaller.`;
  if (sum > Number(mostBytes)) return `Choose at most ${mostBytes / MB} MB at once.`;
  return "";
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show() {
  const files = [...field.files];
  const sentence = tooMuch(files);
  field.setCustomValidity(sentence);
  chosen.replaceChildren();
  if (sentence) {
    chosen.append(element("p", sentence));
    chosen.firstChild.className = "import-too-much";
  } else if (files.length > 1) {
    const list = document.createElement("ul");
    list.append(...files.map((file) => element("li", file.name)));
    chosen.append(list);
  }
}

zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("hovered");
});
for (const name of ["dragleave", "dragend", "drop"]) {
  zone.addEventListener(name, () => zone.classList.remove("hovered"));
}
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  field.files = event.dataTransfer.files;
  show();
});
field.addEventListener("change", show);
form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = "Importing…";
});
// Whoever comes back finds the button as it was.
addEventListener("pageshow", () => {
  button.disabled = false;
  button.textContent = "Import";
  show();
});
