"""The repository tests itself: its sizes, its words and what it may hold."""
