"""What every room outside uses: errors, paths, names, formats, configuration, cases, and what a command does now."""
