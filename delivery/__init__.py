"""How it leaves: the ledger of every mailing, and the transports that take it away."""
