"""PostgreSQL refuses to run as root: then it gets an unprivileged system user of its own."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lbf_portal.workbench.trouble import Trouble

SYSTEM_USER = "lbf-portal"


@dataclass(frozen=True)
class Account:
    """The user a program runs as."""

    user: int
    group: int
    name: str

    @property
    def is_ours(self) -> bool:
        return self.user == os.geteuid()

    def own(self, path: Path) -> None:
        if not self.is_ours:
            os.chown(path, self.user, self.group)

    @contextmanager
    def worn(self) -> Iterator[None]:
        """Act on files with this account's rights, to see what it may reach."""
        if self.is_ours:
            yield
            return
        user, group, groups = os.geteuid(), os.getegid(), os.getgroups()
        os.setgroups([])
        os.setegid(self.group)
        os.seteuid(self.user)
        try:
            yield
        finally:
            os.seteuid(user)
            os.setegid(group)
            os.setgroups(groups)

    def found_by_capability(self) -> list[str]:
        """For `setpriv`: become this account, but pass through folders that are closed to it.

        The secure bit makes access(2), which PostgreSQL asks about its own files, heed the capability as open(2) does.
        """
        identity = ["--reuid", str(self.user), "--regid", str(self.group), "--clear-groups"]
        return [
            *identity,
            "--securebits",
            "+no_setuid_fixup",
            "--inh-caps",
            "+dac_read_search",
            "--ambient-caps",
            "+dac_read_search",
        ]

    def may_enter(self, folder: Path) -> bool:
        with self.worn():
            return os.access(folder, os.X_OK, effective_ids=True)

    def may_read(self, file: Path) -> bool:
        with self.worn():
            return os.access(file, os.R_OK, effective_ids=True)


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _of_user(user: int) -> Account:
    try:
        return _of(pwd.getpwuid(user))
    except KeyError:
        raise Trouble(
            f"User number {user} has no entry in /etc/passwd, and PostgreSQL wants one. "
            "Add it (useradd), or run this as another user."
        ) from None


def for_database(existing: Path) -> Account:
    """Who runs the cluster: ourselves; as root the owner of an existing cluster, else a system user made for it."""
    if os.geteuid() != 0:
        return _of_user(os.geteuid())
    if existing.exists() and existing.stat().st_uid != 0:
        return _of_user(existing.stat().st_uid)
    try:
        return _of(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        return _made()


def _made() -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        arguments = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *arguments, SYSTEM_USER], check=False, capture_output=True)
    try:
        return _of(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        raise Trouble(
            "PostgreSQL does not run as root, and the system user 'lbf-portal' could not be made. "
            "Make it (useradd --system lbf-portal), or run ./portal as an ordinary user."
        ) from None
