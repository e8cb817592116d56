"""The regression suite: scenarios, what is expected of them, and what came out."""
