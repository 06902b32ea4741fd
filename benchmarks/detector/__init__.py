"""How often the rule of verdicts errs, and its rivals, measured on recorded runs."""
