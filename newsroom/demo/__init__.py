"""One week of an invented newsroom: notes, pictures, readers, and the command that publishes it."""
