"""Importing readers from a file: looked through first, taken in after a person's word.

A file of any size passes through row by row. What it says is put aside (`staging`), compared
with what is known here (`looking_through`), and taken in batch by batch (`taking_in`); who does
which step when is in `running`.
"""
