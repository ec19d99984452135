// Keeps a mailing's page up to date while something of it is pending. Without it there is a link.
const place = document.getElementById("mailing");
const PAUSE = 2000;

function lookLater() {
  if (place.querySelector("[data-moves]")) setTimeout(look, PAUSE);
}

async function look() {
  try {
    const answer = await fetch(place.dataset.now, {
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    // Whoever is not signed in any more sees it when the page is loaded again.
    if (!answer.ok || answer.redirected) return;
    show(await answer.text());
  } catch {
    // The server is away for a moment.
  }
  lookLater();
}

function show(html) {
  const focused = place.contains(document.activeElement) && document.activeElement.id;
  place.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

lookLater();
