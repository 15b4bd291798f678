"""Every error Brender raises on purpose. The docstring is the default message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a request: where, what, and what to do next."""

    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.remedy}"


class FarmError(Exception):
    """The farm could not do this."""

    permanent = True
    """Whether trying the same again is pointless."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self)


class ConfigError(FarmError):
    """A setting has a value that cannot be used."""


class RequestRefused(FarmError):
    """The request has faults; `faults` names each field and its remedy."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class FrameSyntaxError(FarmError):
    """The frame range cannot be read."""


class BlendFileError(FarmError):
    """The file is not a .blend that can be rendered."""


class BlendBeingWritten(BlendFileError):
    """The .blend is being written; wait until it is saved."""

    permanent = False


class NotFound(FarmError):
    """There is no such thing on this farm."""


class ActionRefused(FarmError):
    """The thing is in a state that does not allow this; `allowed` lists what is."""

    def __init__(self, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        self.allowed = allowed
        super().__init__(message)


class ChangedMeanwhile(ActionRefused):
    """It was changed meanwhile. Look at what it is now, then change it again."""

    def __init__(self, message: str | None = None, *, tag: str = "") -> None:
        self.tag = tag
        """Its tag now."""
        super().__init__(message or (type(self).__doc__ or "").strip())


class SignInNeeded(FarmError):
    """Nobody is signed in."""


class NotAllowed(FarmError):
    """Whoever asks may not do this."""


class TooManyTries(FarmError):
    """A password was guessed too often."""

    permanent = False

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"Too many wrong passwords. Try again in {wait_s} s.")


class BrokerUnavailable(FarmError):
    """The broker does not answer."""

    permanent = False


class BrokerRefuses(FarmError):
    """The broker does not know this user, or not with this password.

    On the farm's machine, “brender node-token NAME” shows what this machine has to be given.
    """


class DatabaseUnavailable(FarmError):
    """The farm's database does not answer."""

    permanent = False


class FarmUnreachable(FarmError):
    """The farm at this address does not answer."""

    permanent = False


class MessageRefused(FarmError):
    """A message between farm and node is not in the agreed form."""


class BlenderNotFound(FarmError):
    """There is no Blender on this machine."""


class SessionDied(FarmError):
    """Blender ended while it was needed."""

    permanent = False


class SceneRefused(FarmError):
    """Blender could not open the scene."""


class SceneRefusedHere(SceneRefused):
    """The scene cannot be rendered on this node; on another it may."""

    permanent = False


class BlendChanged(SceneRefused):
    """The .blend is not the file that was submitted."""


class FrameFailed(FarmError):
    """A frame could not be rendered or its file could not be proven."""

    permanent = False
