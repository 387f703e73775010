"""Tile services by name: where their tiles are, in which datum, and what they ask to be named.

Gaode serves GCJ-02. Tianditu serves CGCS2000, which differs from WGS-84 by less than a
meter and is used as such; only its ``_w`` sets are in Web Mercator. Baidu serves BD-09 in
a projection of its own, which no Web Mercator map can show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = ["PROVIDERS", "Datum", "Provider", "Source", "datum_of_address", "find_provider"]

Datum = Literal["wgs84", "gcj02"]


class Source(NamedTuple):
    """One set of tiles: Leaflet address, subdomains, and the finest zoom that is served."""

    address: str
    subdomains: str = ""
    finest: int = 18


class Provider(NamedTuple):
    """A tile service.

    Attributes
    ----------
    title
        Its name in English and Chinese.
    datum
        Of its tiles.
    attribution
        What stands in the corner of the map, English and Chinese.
    styles
        Sets of tiles by style, the lowest first; the first style is the plain one.
    key
        ``"needed"``, ``"optional"`` or ``""``.
    """

    title: tuple[str, str]
    datum: Datum
    attribution: tuple[str, str]
    styles: Mapping[str, tuple[Source, ...]]
    key: str = ""


def _tianditu(layer: str) -> Source:
    """Return a Web Mercator set of Tianditu, WMTS by key and value."""
    return Source(
        f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
        "01234567",
    )


def _gaode(host: str, query: str) -> Source:
    """Return a set of Gaode."""
    return Source(
        f"https://{host}0{{s}}.is.autonavi.com/appmaptile?{query}&x={{x}}&y={{y}}&z={{z}}", "1234"
    )


def _esri(service: str, finest: int) -> Source:
    """Return a set of Esri."""
    host = "https://server.arcgisonline.com/ArcGIS/rest/services"
    return Source(f"{host}/{service}/MapServer/tile/{{z}}/{{y}}/{{x}}", "", finest)


def _carto(variant: str) -> Source:
    """Return a set of Carto."""
    address = f"https://{{s}}.basemaps.cartocdn.com/{variant}/{{z}}/{{x}}/{{y}}{{r}}.png"
    return Source(address, "abcd", 20)


_OSM = ("© OpenStreetMap contributors", "© OpenStreetMap 贡献者")
_GAODE_IMAGERY = (
    _gaode("webst", "style=6"),
    _gaode("webst", "lang=zh_cn&size=1&scale=1&style=8"),
)

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "gaode": Provider(
            ("Gaode", "高德"),
            "gcj02",
            (
                "© AutoNavi (Gaode), tiles in GCJ-02; the map shifts WGS-84 data to them",
                "© 高德地图；底图为 GCJ-02 坐标，本图已将 WGS-84 数据转换至该坐标",
            ),
            {
                "streets": (_gaode("webrd", "lang=zh_cn&size=1&scale=1&style=8"),),
                "imagery": _GAODE_IMAGERY,
            },
        ),
        "tianditu": Provider(
            ("Tianditu", "天地图"),
            "wgs84",
            (
                "© Tianditu, National Geomatics Center of China; CGCS2000, used as WGS-84",
                "© 天地图，国家基础地理信息中心；CGCS2000 坐标，按 WGS-84 使用",
            ),
            {
                "streets": (_tianditu("vec"), _tianditu("cva")),
                "imagery": (_tianditu("img"), _tianditu("cia")),
                "terrain": (_tianditu("ter"), _tianditu("cta")),
            },
            "needed",
        ),
        "osm": Provider(
            ("OpenStreetMap", "OpenStreetMap"),
            "wgs84",
            _OSM,
            {"streets": (Source("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "", 19),)},
        ),
        "carto": Provider(
            ("Carto", "Carto"),
            "wgs84",
            (f"{_OSM[0]}, © CARTO", f"{_OSM[1]}，© CARTO"),
            {
                "light": (_carto("light_all"),),
                "dark": (_carto("dark_all"),),
                "streets": (_carto("rastertiles/voyager"),),
            },
            "optional",
        ),
        "esri": Provider(
            ("Esri", "Esri"),
            "wgs84",
            ("Tiles © Esri and its sources", "底图 © Esri 及其数据来源"),
            {
                "imagery": (_esri("World_Imagery", 18),),
                "streets": (_esri("World_Street_Map", 18),),
                "light": (_esri("Canvas/World_Light_Gray_Base", 16),),
            },
        ),
    }
)

_OTHER_NAMES = {"amap": "gaode", "高德": "gaode", "天地图": "tianditu", "openstreetmap": "osm"}

# What an address says about the datum of its tiles; whatever else is not known.
_ADDRESSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(is\.autonavi|amap)\.com\b", re.I), "gcj02"),
    (re.compile(r"\.gtimg\.com\b|\bmap\.qq\.com\b", re.I), "gcj02"),
    (
        re.compile(r"\bgoogle\.cn\b|\bditu\.google\b|\bmap\.geoq\.cn\b|\bditu\.live\.com\b", re.I),
        "gcj02",
    ),
    (re.compile(r"\b(bdimg|baidu|bdstatic)\.com\b", re.I), "bd09"),
    (re.compile(r"tianditu\.(gov\.cn|com)/\w+_c/", re.I), "geographic"),
    (re.compile(r"\btianditu\.(gov\.cn|com)\b", re.I), "wgs84"),
    (re.compile(r"\b(openstreetmap|opentopomap)\.org\b|\bcartocdn\.com\b", re.I), "wgs84"),
    (re.compile(r"\barcgisonline\.com\b", re.I), "wgs84"),
)


def find_provider(name: str) -> str | None:
    """Return the key of a tile service in any spelling, or None where there is no such.

    Parameters
    ----------
    name
        A name, such as ``"Gaode"`` or ``"高德"``.

    Raises
    ------
    AttributeError
        If `name` is no text.

    Examples
    --------
    >>> find_provider("OpenStreetMap"), find_provider("高德"), find_provider("Positron")
    ('osm', 'gaode', None)
    """
    plain = name.strip().lower()
    plain = _OTHER_NAMES.get(plain, plain)
    return plain if plain in PROVIDERS else None


def datum_of_address(address: str) -> str | None:
    """Return what an address says about its tiles.

    Parameters
    ----------
    address
        Address of tiles.

    Returns
    -------
    str or None
        ``"wgs84"``, ``"gcj02"``, ``"bd09"``; ``"geographic"`` for tiles that are not in Web
        Mercator; None where the address says nothing.

    Raises
    ------
    TypeError
        If `address` is no text.

    Examples
    --------
    >>> datum_of_address("http://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}")
    'gcj02'
    """
    for pattern, datum in _ADDRESSES:
        if pattern.search(address):
            return datum
    return None
