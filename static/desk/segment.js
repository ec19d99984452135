// Counts whom a sentence chooses while it is typed. Without this the button beside it does.
const PAUSE = 400;

function furnish(place) {
  const field = place.querySelector("[name=segment]");
  const said = place.querySelector(".segment-said");
  const form = field.form;
  let timer = 0;
  let asked = new AbortController();

  async function count() {
    clearTimeout(timer);
    asked.abort();
    asked = new AbortController();
    said.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(place.dataset.segment, {
        method: "POST",
        body: new FormData(form),
        signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      said.innerHTML = await answer.text();
    } catch (error) {
      // What was typed since is asked for already.
      if (error.name === "AbortError") return;
      said.textContent = "It can’t be counted at this moment.";
    }
    said.removeAttribute("aria-busy");
  }

  place.querySelector("[name=count]").hidden = true;
  place.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // Not a submission, which would leave the page.
    event.preventDefault();
    count();
  });
}

document.querySelectorAll("[data-segment]").forEach(furnish);
