"""Reports of noise floors."""
