"""From records to verdicts; docs/design/regression.md derives the rule and measures its error rate."""
