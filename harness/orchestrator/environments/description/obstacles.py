"""What can stand in the way of an environment, each with the command that removes it where there is one."""

from __future__ import annotations

from harness.orchestrator.core.errors import ProvisioningError


class Obstacle(ProvisioningError):
    """Something is missing on this machine; the message is a sentence without full stop."""

    def __init__(self, reason: str, remedy: str | None = None) -> None:
        self.remedy = remedy
        super().__init__(reason)


class InterpreterMissing(Obstacle):
    """No interpreter fits. The message names the command that gets one, so `remedy` does not."""

    def __init__(self, requirement: str, command: str) -> None:
        self.requirement = requirement
        self.command = command
        super().__init__(f"needs CPython {requirement}; get it with `{command}`")


class ToolMissing(Obstacle):
    """A compiler or the interpreter's headers are missing."""


class LibraryMissing(Obstacle):
    """A native library is neither here nor can be made."""


class InstallFailed(Obstacle):
    """uv refused or failed."""
