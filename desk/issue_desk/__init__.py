"""The issue desk: one page per publication, on which an issue is put in order and let go.

Arranging, the preview and what was found are looked at and changed here; approving, trial
mails and sending are asked for here. The rules are the issues room's.
"""
