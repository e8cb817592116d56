"""Why an assessment is what it is, what could still change it, and the sentences that say so."""
