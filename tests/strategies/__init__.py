"""Releases and cases at random, in every form of the language."""
