"""Environments: an interpreter with pinned packages for each backend, described in `configs/environments`.

`ensure` gives every backend its Environment, built on first use, or an Unavailable that says why and what to do.
`ensure_variant` gives one with another version of a package.
"""

from harness.orchestrator.environments.environment import Environment, Unavailable
from harness.orchestrator.environments.provision import ensure, ensure_variant, remove, requirements_of
from harness.orchestrator.environments.specification import known_backends

__all__ = ["Environment", "Unavailable", "ensure", "ensure_variant", "known_backends", "remove", "requirements_of"]
