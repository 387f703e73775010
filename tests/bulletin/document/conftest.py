"""LibreOffice, to open what was written as a reader would."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def to_pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Turn an office file into a PDF with LibreOffice.

    With GRIDGOV_REQUIRE_OFFICE in the environment, as in CI, a missing one fails.
    """
    binary = shutil.which("soffice") or shutil.which("libreoffice")
    if binary is None:
        missing = pytest.fail if os.environ.get("GRIDGOV_REQUIRE_OFFICE") else pytest.skip
        missing("LibreOffice is absent: apt-get install libreoffice-writer-nogui and its like")
    home = tmp_path_factory.mktemp("office")

    def convert(path: Path) -> Path:
        out = tmp_path_factory.mktemp("pdf")
        # A profile of its own: with the user's, two that run at once stop each other.
        profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
        asked = ["--headless", "--convert-to", "pdf", "--outdir", str(out), str(path)]
        said = subprocess.run(
            [binary, profile, *asked], capture_output=True, text=True, timeout=300, check=False
        )
        made = out / f"{path.stem}.pdf"
        if not made.is_file():
            pytest.fail(f"LibreOffice cannot open {path.name}: {said.stdout} {said.stderr}")
        return made

    return convert
