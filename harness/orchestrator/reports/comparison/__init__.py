"""A comparison of two sides: on the terminal, as Markdown, as a picture, as a flat table, as JUnit."""
