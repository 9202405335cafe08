"""The folder in which all processes of one user meet on a machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def runtime_folder() -> Path:
    """Where one user's processes meet: the session's own folder, or one in the temporary folder."""
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and os.access(session, os.W_OK):
        return Path(session) / "parknews"
    return Path(tempfile.gettempdir()) / f"parknews-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
