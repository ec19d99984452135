"""The readers' own pages: a module for each thing that a reader does."""
