"""`python -m taxatie` is the command `taxatie`."""

from taxatie.cli.app import main

if __name__ == "__main__":
    main()
