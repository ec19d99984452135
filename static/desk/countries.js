// Shortens the list of countries while one types, and says which are chosen.
function plain(words) {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function furnish(place) {
  const find = place.querySelector("[data-find]");
  const chosen = place.querySelector("[data-chosen]");
  const labels = [...place.querySelectorAll("label")];

  const tell = () => {
    const names = labels
      .filter((label) => label.control.checked)
      .map((label) => label.textContent.trim());
    chosen.textContent = names.length ? `Chosen: ${names.join(", ")}` : "None chosen.";
  };
  const shorten = () => {
    const wanted = plain(find.value.trim());
    for (const label of labels) label.hidden = !plain(label.textContent).includes(wanted);
  };

  find.hidden = false;
  find.addEventListener("input", shorten);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // Not a submission: the first one found.
    event.preventDefault();
    const found = labels.find((label) => !label.hidden);
    if (!find.value.trim() || !found) return;
    found.control.click();
    find.value = "";
    shorten();
  });
  place.addEventListener("change", tell);
  tell();
}

// Wagtail loads what widgets need before the page is there.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-countries]").forEach(furnish);
});
