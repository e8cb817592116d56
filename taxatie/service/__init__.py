"""What the service does for someone: one module a use case, the outside world as arguments."""
