"""The frame: settings, addresses, command line, and the processes of one machine."""
