// Draftail leaves its field without a name; a screen reader is told what it is for.
const form = document.getElementById("w-editor-form");

function nameEditor() {
  const editor = form.querySelector("[role=textbox]:not([aria-label])");
  if (editor) editor.setAttribute("aria-label", "Text");
}

new MutationObserver(nameEditor).observe(form, { childList: true, subtree: true });
nameEditor();
