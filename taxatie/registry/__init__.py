"""Where releases are kept: a folder, its lock, and what is in force when."""
