"""Brute force on small releases: what explanations are judged by."""
