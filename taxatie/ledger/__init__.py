"""Decisions on record: the tree over them, and what proves that none was changed, added or taken away."""
