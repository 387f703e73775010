"""The same locate and tally over folders of Parquet files, in bounded memory or on Dask.

The one folder whose ``__init__`` names functions: they are called ``gg.scale.locate_folder``.
"""

from __future__ import annotations

from gridgov.scale.frames import FrameLocator, frame_locator
from gridgov.scale.locating import locate_folder
from gridgov.scale.tallying import count_folder, tally_folder

__all__ = ["FrameLocator", "count_folder", "frame_locator", "locate_folder", "tally_folder"]
