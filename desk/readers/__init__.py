"""Readers at the desk: who they are, their story, what is done about them, forms and the brake."""
