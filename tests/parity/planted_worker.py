"""The real worker with a mistake planted in it: the environment variable MISTAKE names one of mistakes.py."""

import importlib.util
import os
import runpy
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "harness", "worker")

if __name__ == "__main__":
    runpy.run_path(os.path.join(WORKER, "bootstrap.py"))["install"]()
    spec = importlib.util.spec_from_file_location("mistakes", os.path.join(HERE, "mistakes.py"))
    mistakes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mistakes)
    mistakes.plant(os.environ["MISTAKE"])
    sys.exit(runpy.run_path(os.path.join(WORKER, "__main__.py"))["main"](sys.argv[1:]))
