"""Groups of channels that are tested together: citizens, patrols, cameras."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, InputError, OptionError

__all__ = ["Groups", "read_groups"]


@dataclass(frozen=True, slots=True)
class Groups:
    """Which values belong to which group.

    Attributes
    ----------
    by
        The column; None when nothing is grouped.
    values
        Values of each group as text; None when every value is a group of its own.
    """

    by: str | None
    values: dict[str, tuple[str, ...]] | None

    def members(self, names: Any) -> list[tuple[str | None, NDArray[np.intp]]]:
        """Return every group and the places of its values among the names found.

        Raises
        ------
        InputError
            If no incident has a value of a group, or there is no value at all.
        """
        if self.by is None:
            return [(None, np.arange(len(names)))]
        place = {str(name): at for at, name in enumerate(names) if isinstance(name, str)}
        if not place:
            raise InputError(
                f"Incidents on the grid must have a {self.by} to be grouped by. Found: none has. "
                "Leave by and groups out to test all incidents together."
            )
        if self.values is None:
            return [(name, np.array([at])) for name, at in place.items()]
        found: list[tuple[str | None, NDArray[np.intp]]] = []
        for group, values in self.values.items():
            at = [place[value] for value in values if value in place]
            if not at:
                raise InputError(
                    f"Every group must have incidents on the grid. Found: none for {group!r} "
                    f"({', '.join(values)}); {self.by} holds {', '.join(list(place)[:8])}. What "
                    "is silent everywhere has no expectation."
                )
            found.append((group, np.array(at)))
        return found


def read_groups(
    located: Any, by: str | None, groups: Mapping[str, Iterable[str]] | None
) -> tuple[str | None, Groups]:
    """Return the column that groups incidents, and the groups.

    Raises
    ------
    ColumnsError
        If the column is not there.
    OptionError
        If `groups` is no mapping from name to values, or a value is in two groups.
    """
    if groups is None:
        return by, Groups(by, None)
    by = "channel" if by is None else by
    if not hasattr(located, "columns") or by not in located.columns:
        raise ColumnsError(
            f"groups needs the column {by} in located. Found: "
            f"{', '.join(map(str, getattr(located, 'columns', ()))) or 'no columns'}.",
            problems=[{"table": "located", "column": by, "problem": "missing"}],
        )
    if not isinstance(groups, Mapping) or not groups:
        raise OptionError(
            "groups must name each group and list its values, such as "
            f"{{'citizens': ['hotline', 'app']}}. Found: {groups!r}."
        )
    values: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for name, listed in groups.items():
        texts = (listed,) if isinstance(listed, str) else tuple(map(str, listed))
        for text in texts:
            if text in seen:
                raise OptionError(
                    f"A value may be in one group only. Found: {text!r} in {seen[text]!r} and "
                    f"{str(name)!r}."
                )
            seen[text] = str(name)
        values[str(name)] = texts
    return by, Groups(by, values)
