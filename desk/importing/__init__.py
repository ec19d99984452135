"""Import at the desk: files in, drafts out, and what of each needs a look."""
