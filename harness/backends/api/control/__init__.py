"""Recurrence, folds, conditionals and the learning phase."""
