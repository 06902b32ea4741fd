"""What every room outside uses: errors, paths, names, formats, configuration, cases."""
