"""Who may come to the desk: invited, signed in by password and second factor, or by passkey."""
