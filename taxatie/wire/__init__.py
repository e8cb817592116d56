"""Between terms and what goes over a border: case files, JSON, messages."""
