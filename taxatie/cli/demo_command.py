"""`taxatie demo`: the shipped cases, assessed over gRPC and explained."""

from taxatie.cli.output import examples

NAME = "demo"
EXAMPLES = examples("taxatie demo")


def run() -> None:
    """Start the service, send it the shipped cases through the client, and show the explained answers."""
    raise NotImplementedError
