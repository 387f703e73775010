"""A font of the machine in place of the packaged one, and a clear error without either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib
import noto_cjk_sans_otc
import pytest

from gridgov.errors import ExtraMissingError
from gridgov.figures import fonts
from gridgov.figures.system_fonts import find_chinese_font


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    def no_package(name: str) -> None:
        raise ImportError(name)

    caches = (fonts._files, fonts._face, fonts._width)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(fonts, "import_module", no_package)
    yield monkeypatch
    for cache in caches:
        cache.cache_clear()


def bundled() -> list[str]:
    return [str(path) for path in Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf")]


def test_fonts_that_come_with_matplotlib_draw_no_chinese_last_resort_among_them() -> None:
    assert any("LastResort" in path for path in bundled())
    assert find_chinese_font(bundled()) is None


def test_the_mainland_face_of_a_collection_is_chosen() -> None:
    path = str(noto_cjk_sans_otc.FONT_PATH)
    assert find_chinese_font([*bundled(), path]) == (path, 2)


def test_a_known_name_comes_first_and_its_plain_weight(tmp_path: Path) -> None:
    packaged = Path(noto_cjk_sans_otc.FONT_PATH)
    names = ["AnyChinese.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"]
    for name in names:
        (tmp_path / name).symlink_to(packaged)
    found = find_chinese_font([str(tmp_path / name) for name in names])
    assert found is not None
    assert Path(found[0]).name == "NotoSansCJK-Regular.ttc"


def test_a_broken_file_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "simhei.ttf"
    broken.write_bytes(b"no font")
    assert find_chinese_font([str(broken)]) is None


def test_without_the_package_a_font_of_the_machine_draws(
    without_package: pytest.MonkeyPatch,
) -> None:
    path = str(noto_cjk_sans_otc.FONT_PATH)
    without_package.setattr(fonts, "find_chinese_font", lambda: (path, 2))
    (letters,) = fonts.lettering(["鲁谷街道"])
    assert letters.text == "鲁谷街道"
    assert letters.width(10) == pytest.approx(40, abs=2)


def test_without_any_chinese_font_there_is_an_error_and_no_boxes(
    without_package: pytest.MonkeyPatch,
) -> None:
    without_package.setattr(fonts, "find_chinese_font", lambda: None)
    with pytest.raises(ExtraMissingError, match=r"needs a font with Chinese letters.*pip install"):
        fonts.lettering(["鲁谷街道"])
