"""For people's own scripts in a backend's interpreter: `on_path`, a folder for their path, and the shell's start."""
