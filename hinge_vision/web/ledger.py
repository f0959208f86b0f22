"""How much room there is: the quota, and what the disk itself has left, counted while uploads stream in."""

from __future__ import annotations

import shutil
import threading

from hinge_vision.web.job_table import JobTable
from hinge_vision.web.places import Places
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.settings import ServerSettings

# The disk is never filled to the brim: results have to be written too.
RESERVE_BYTES = 512 << 20
_LOOK_EVERY_BYTES = 16 << 20


class Ledger:
    """Counts what is stored and what is on its way in.

    Parameters
    ----------
    table, places, settings
        Where stored clips are counted, where the disk is, and the quota.
    """

    def __init__(self, table: JobTable, places: Places, settings: ServerSettings) -> None:
        self._table, self._places, self._quota_bytes = table, places, settings.quota_bytes
        self._lock = threading.Lock()
        self._incoming_bytes = 0

    def open(self) -> Account:
        """Open an account for one upload.

        Raises
        ------
        ProblemError
            There is no room at all.
        """
        account = Account(self)
        account.look()
        return account

    def check(self) -> None:
        """Raise ProblemError when what is stored and on its way exceeds the quota or leaves too little of the disk."""
        with self._lock:
            incoming = self._incoming_bytes
        if self._table.used_bytes() + incoming >= self._quota_bytes or shutil.disk_usage(self._places.root).free < RESERVE_BYTES:
            raise ProblemError("storage-full", "The room for clips and reports is used up. Delete clips you no longer need, then try again.")

    def add(self, count: int) -> None:
        """Count bytes that came in (or, negative, left)."""
        with self._lock:
            self._incoming_bytes += count


class Account:
    """What one upload takes up until it is stored or given up."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._spent_bytes = self._seen_bytes = 0

    def spend(self, count: int) -> None:
        """Count bytes about to be written; look after the room every few of them."""
        self._ledger.add(count)
        self._spent_bytes += count
        if self._spent_bytes - self._seen_bytes >= _LOOK_EVERY_BYTES:
            self.look()

    def look(self) -> None:
        """Raise ProblemError when there is no room left."""
        self._seen_bytes = self._spent_bytes
        self._ledger.check()

    def close(self) -> None:
        """Give the room back, or leave it to the job table to count."""
        self._ledger.add(-self._spent_bytes)
        self._spent_bytes = 0
