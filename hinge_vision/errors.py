"""The errors a user can meet. Each carries the exit code the command line ends with."""

from __future__ import annotations


class HingeVisionError(Exception):
    """Base of every error this package raises on purpose.

    The message is one line for the person at the keyboard: what is wrong with which file, and what to do.
    """

    exit_code = 2


class SettingsError(HingeVisionError):
    """A setting or option has a value that cannot be used."""

    exit_code = 2


class ClipUnreadableError(HingeVisionError):
    """The clip is missing, is no video, or holds no frame that can be decoded."""

    exit_code = 3


class OutputError(HingeVisionError):
    """A result could not be written."""

    exit_code = 5


class InstallationError(HingeVisionError):
    """The installation is broken: the model file or a system library is missing or wrong."""

    exit_code = 6
