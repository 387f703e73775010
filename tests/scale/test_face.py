"""The face of gg.scale: lazy, documented, data first and options by name."""

import inspect
import subprocess
import sys

import pytest

import gridgov as gg

FUNCTIONS = ["count_folder", "frame_locator", "locate_folder", "tally_folder"]
POSITIONAL = {"count_folder": 3, "frame_locator": 1, "locate_folder": 2, "tally_folder": 2}


def test_the_face_names_its_functions_and_their_type():
    assert sorted(gg.scale.__all__) == ["FrameLocator", *FUNCTIONS]
    assert "scale" in dir(gg)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_scale_follow_the_house(name):
    function = getattr(gg.scale, name)
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(positional) == POSITIONAL[name]
    text = inspect.getdoc(function) or ""
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n{'-' * len(section)}" in text, section


def test_neither_gridgov_nor_scale_loads_dask():
    code = (
        "import sys, gridgov as gg; assert 'pandas' not in sys.modules; gg.scale.count_folder; "
        "print([m for m in ('dask', 'distributed', 'numba') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
