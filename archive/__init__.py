"""What the public sees: the pages of published issues and notes."""
