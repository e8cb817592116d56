"""The ruleset language: from text to a program."""
