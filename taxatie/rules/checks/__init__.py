"""Faults of content that an author can make: one file for each."""
