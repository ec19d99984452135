"""Another language for readers: their texts gathered, a translator's file kept up and compiled."""
