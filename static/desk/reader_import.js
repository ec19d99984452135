// Says what is wrong with a file before it leaves, and keeps an import's page up to date.
// Without it the server says the first, and the page loads itself again.
const PAUSE = 2000;
const GB = 1_000_000_000;

const form = document.getElementById("bring");
if (form) {
  const field = document.getElementById("file");
  const chosen = document.getElementById("file-chosen");
  const button = document.getElementById("bring-button");
  const words = button.textContent;
  const show = () => {
    const [file] = field.files;
    const large = file && file.size > Number(form.dataset.largest);
    const sentence = large ? `The file has more than ${form.dataset.largest / GB} GB; divide it.` : "";
    field.setCustomValidity(sentence);
    chosen.textContent = sentence;
  };
  field.addEventListener("change", show);
  form.addEventListener("submit", () => {
    button.disabled = true;
    button.textContent = "Sending…";
  });
  // Whoever comes back finds the button as it was.
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.textContent = words;
    show();
  });
}

const place = document.getElementById("import-run");
if (place) {
  const later = () => {
    if (place.querySelector("[data-moves]")) setTimeout(look, PAUSE);
  };
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.now, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      // Whoever is not signed in any more sees it when the page is loaded again.
      if (!answer.ok || answer.redirected) return;
      replace(await answer.text());
    } catch {
      // The server is away for a moment.
    }
    later();
  };
  const replace = (html) => {
    const focused = place.contains(document.activeElement) && document.activeElement.id;
    place.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
  later();
}
