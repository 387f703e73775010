"""How every pack begins, and what it returns: the folder opened, the steps told, the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gridgov.bulletin.output_folder import Pack, check_file, check_out
from gridgov.bulletin.sample import find_sample
from gridgov.checks import check_language
from gridgov.columns import Language
from gridgov.sources.folder import FolderRead, Settings, load_settings, read_folder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Opened", "PackResult", "Progress", "open_folder", "teller"]

Progress = Callable[[int, int, str], None]
"""Called at the start of every step with its number, the number of steps and what it does."""


@dataclass(frozen=True, slots=True)
class PackResult:
    """What a pack wrote and found; each kind of pack has a name for its own.

    Attributes
    ----------
    out
        The folder written.
    counts
        Every count by its name under ``counts`` in the pack's record.
    record
        All that the record holds: the JSON file of the pack, such as ``brief.json``.
    tables
        Every table as its file holds it, by name.
    settings
        What was read from ``gridgov.toml``.
    summary
        The short summary in the language of the pack, one line a sentence.
    """

    out: Path
    counts: Mapping[str, Any]
    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    settings: Settings
    summary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder of records whose settings were read, and a place that may be written.

    Attributes
    ----------
    folder, out
        Where the records lie, and where the pack goes.
    config
        Another settings file, or None.
    settings
        What they say.
    lang
        The language asked for, else that of the settings.
    """

    folder: Path
    out: Path
    config: str | Path | None
    settings: Settings
    lang: Language

    def read(self) -> FolderRead:
        """Return the records of the folder."""
        return read_folder(self.folder, config=self.config)


class _Phrases(Protocol):
    """The words of a pack in its language."""

    def __call__(self, key: str, **values: Any) -> str:
        """Return a phrase with its values filled in."""


def open_folder(
    folder: str | Path | None,
    *,
    out: str | Path,
    pack: Pack | None,
    lang: Language | None,
    config: str | Path | None,
) -> Opened:
    """Return a folder opened, before any work is done.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        What is to be written.
    pack
        The kind of folder that it will be; None for one file.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    config
        Another settings file.

    Returns
    -------
    Opened
        Both places, the settings and the language.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    OutputError
        If `out` cannot be written or holds something that no such pack wrote.
    ReadError, SettingsError
        If the folder or its settings cannot be used.
    """
    lang = None if lang is None else check_language(lang)
    folder = find_sample() if folder is None else Path(folder)
    out = Path(out)
    if pack is None:
        check_file(out)
    else:
        check_out(out, pack=pack)
    settings = load_settings(folder, config=config)
    return Opened(folder, out, config, settings, lang or settings.lang)


def teller(progress: Progress | None, *, steps: int, words: _Phrases) -> Callable[..., None]:
    """Return what tells the start of a step: by its number, the key of its words, their values."""

    def tell(step: int, key: str, **values: Any) -> None:
        if progress is not None:
            progress(step, steps, words(key, **values))

    return tell
