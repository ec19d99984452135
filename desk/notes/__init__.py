"""Notes at the desk: their editor, their preview, what looks like a slip, their import."""
