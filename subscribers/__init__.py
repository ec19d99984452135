"""Who reads: readers, their subscriptions and consents, and who must not be mailed."""
