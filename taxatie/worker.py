"""`python -m taxatie.worker`: one of several processes that serve together; its supervisor starts it."""

import sys


def main() -> None:
    """Serve over the line whose descriptor is the one argument."""
    # Late: the processes that the second engine starts read this module again, and need nothing of it.
    from taxatie.workers import work  # noqa: PLC0415  # as said

    work(int(sys.argv[1]))


if __name__ == "__main__":
    main()
