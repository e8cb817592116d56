"""Recorded decisions reached again, and what another release would have decided."""
