"""From a program and a case to a trace and an assessment."""
