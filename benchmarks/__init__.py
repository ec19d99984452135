"""The figures for speed, by one command: `.venv/bin/python -m benchmarks`."""
