"""`python -m newsroom` is the `twtw` command."""

from newsroom.cli import main

if __name__ == "__main__":
    main()
