// Says in a sentence why a passkey was not used: allauth only logs it.
const SENTENCES = {
  NotAllowedError: "No passkey was used. Try again, and confirm it on your device in time.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys work only where this site has a name and https, or at http://localhost.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const box = document.getElementById("refused");
  const refused = event.detail.exception;
  box.firstElementChild.textContent = SENTENCES[refused.name]
    ?? "Your browser could not use a passkey. Sign in in another way.";
  box.hidden = false;
});
