"""The command line: decode, one use case, encode."""
