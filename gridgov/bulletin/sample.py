"""Where the sample records lie."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from gridgov.errors import ReadError

__all__ = ["find_sample"]

_SETTINGS = "gridgov.toml"


def find_sample() -> Path:
    """Return the folder of the sample records.

    Returns
    -------
    Path
        ``sample_data`` in the working folder, else the copy that was installed with the
        package, else the one beside the package in a checkout; the first that holds a
        ``gridgov.toml``.

    Raises
    ------
    ReadError
        If none of the three is there.
    """
    package = Path(str(files("gridgov")))
    places = (Path("sample_data"), package / "sample_data", package.parent / "sample_data")
    for place in places:
        if (place / _SETTINGS).is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ReadError(
        f"Without a folder the sample records are read. Found: no {_SETTINGS} in {looked}. Name "
        "the folder that holds your records: gridgov brief FOLDER."
    )
