"""Every error parknews raises on purpose. A bad page is none of them: it is a Rejection.

ParknewsError                  has `exit_code`; str() is one line: what, where, what to do
├── ConfigurationError   (2)   the sources file, an option, no sources
├── NewerArchiveError    (2)   written by a newer parknews
├── LockedError          (3)   another run holds the lock
├── ForeignArchiveError  (4)   an SQLite file that is not ours, or not SQLite at all
├── StorageError         (4)   a full or unwritable disk, a corrupt file
├── NothingReachedError  (1)   every host was down
├── RefusedError         (4)   a removal that may not be done or verified, a page that may not be asked for
└── WorkersError         (1)   the processes or the cluster that read pages cannot be started or are lost
"""

from __future__ import annotations


class ParknewsError(Exception):
    """What happened, to which source, file or URL, and what to do next; one line."""

    exit_code = 1


class ConfigurationError(ParknewsError):
    """Wrong usage or configuration: correct it and run again."""

    exit_code = 2


class NewerArchiveError(ParknewsError):
    """The archive was written by a newer version: install that one."""

    exit_code = 2


class LockedError(ParknewsError):
    """Another run holds the lock: wait for it."""

    exit_code = 3


class ForeignArchiveError(ParknewsError):
    """The file is not a parknews archive: name another one with --db."""

    exit_code = 4


class StorageError(ParknewsError):
    """The disk is full, not writable, or the file is corrupt."""

    exit_code = 4


class NothingReachedError(ParknewsError):
    """No host answered: check the network."""

    exit_code = 1


class WorkersError(ParknewsError):
    """What reads pages cannot start or is lost: mend the installation, the cluster, or free memory."""

    exit_code = 1


class RefusedError(ParknewsError):
    """A removal may not be done so or is not complete, or a page may not be asked for: the line says why."""

    exit_code = 4
