"""Every mail in every form, as a reader's mail program shows it: to be looked at, and mended."""
