"""From records to verdicts; a run is a sample. docs/design/regression.md derives the rule and says how good it is."""
