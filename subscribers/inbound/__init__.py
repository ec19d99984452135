"""Mail that readers write to the newsroom's own address: read, understood, acted on once."""
