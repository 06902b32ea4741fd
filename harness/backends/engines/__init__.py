"""The contract of an engine, and one room for each library, with all that is specific to it."""
