"""The API by which the institute's own site subscribes people: `/api/v1/`, described by itself.

A key sees and ends what was begun with it and nothing else, and learns of an address nothing
that its owner has not confirmed: a known address is answered as an unknown one.
"""
