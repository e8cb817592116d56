"""Which modules pytest leaves out when it looks for examples that run."""

from importlib.util import find_spec

# On Python 3.13 and newer the second engine's library does not run; the modules that import it cannot be looked into.
collect_ignore_glob = [] if find_spec("durable_rules_engine") else ["taxatie/engine/durable*.py"]
