"""taxatie: assessment rulesets, evaluated and explained."""
