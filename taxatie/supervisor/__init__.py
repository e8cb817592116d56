"""Several processes that serve together: started, watched over, told the same things, stopped together."""
