"""`taxatie demo`: the shipped cases, assessed over gRPC and explained."""

from taxatie.cli.options import shipped
from taxatie.cli.output import examples, say

NAME = "demo"
EXAMPLES = examples("taxatie demo")


def run() -> None:
    """Assess shipped cases over gRPC, and show the answers.

    Starts the service on a free port of this machine, and asks it through the client.
    """
    from taxatie.demo import demonstrate  # heavy, so imported when needed

    demonstrate(shipped("rulesets"), shipped("validation"), say)
