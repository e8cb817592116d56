"""The gRPC server: decode, one use case, encode."""
