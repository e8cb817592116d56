"""`taxatie demo`: the shipped cases, assessed over gRPC and explained."""

from taxatie.cli.options import shipped
from taxatie.cli.output import examples, say

NAME = "demo"
EXAMPLES = examples("taxatie demo")


def run() -> None:
    """Start the service, send it the shipped cases through the client, and show the explained answers."""
    from taxatie.demo import demonstrate  # noqa: PLC0415  # heavy, so imported when needed

    demonstrate(shipped("rulesets"), shipped("validation"), say)
