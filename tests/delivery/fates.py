"""What the ledger's rows say of each reader, read one by one and apart from the counts."""

from collections import Counter

from delivery.states import ChunkState


def fates(mailing):
    """The state of every reader in a mailing, by their address; erased ones by their row's id."""
    chunks = dict(mailing.chunks.values_list("number", "state"))
    rows = mailing.recipients.values_list(
        "pk", "subscription__reader__address", "exclusion", "outcome", "withdrawal", "chunk_number"
    )
    found = {}
    for pk, address, exclusion, outcome, withdrawal, number in rows:
        if exclusion:
            fate = "excluded"
        elif outcome:
            fate = "accepted"
        elif withdrawal:
            fate = "withdrawn"
        else:
            fate = chunks[number]
        found[address or pk] = "pending" if fate == ChunkState.SENDING else fate
    return found


def agree(mailing, counts):
    """Whether counts say what the rows say, and balance."""
    told = Counter(fates(mailing).values())
    return counts.balanced and told == Counter(
        {
            "excluded": sum(counts.excluded.values()),
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "withdrawn": counts.withdrawn,
            "in doubt": counts.in_doubt,
            "pending": counts.pending,
        }
    )
