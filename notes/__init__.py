"""What is written: notes, the people who write them, and the pictures they carry."""
