"""Segments at the desk: sentences that choose readers, counted as they are typed, and saved."""
