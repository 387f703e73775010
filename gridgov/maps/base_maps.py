"""Base maps by name, by address or from a file, right in China.

Data is in WGS-84. Over tiles in GCJ-02 the page itself draws in GCJ-02: everything placed
in WGS-84, stock Folium elements too, is shifted on its way to the screen by the same
formulas as :mod:`gridgov.geo.datum`, and places read off the map are WGS-84 again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import folium

from gridgov.checks import check_choice, check_language
from gridgov.columns import Language
from gridgov.errors import MapError, OptionError, ReadError
from gridgov.maps.base_layer import BaseLayer
from gridgov.maps.base_pairing import GCJ_CRS, check_pairing, check_tiles
from gridgov.maps.base_providers import PROVIDERS, Datum, Source, find_provider
from gridgov.maps.safe_text import escape
from gridgov.maps.tile_files import TileFile, keep_tiles

__all__ = ["BaseMap", "base_map", "read_tiles"]

_PLACES = re.compile(r"\{(s|x|y|z|r|-y)\}")
_KEY = re.compile(r"[0-9A-Za-z_.-]{4,128}")
_FILES = (".mbtiles", ".pmtiles")


@dataclass(frozen=True)
class BaseMap:
    """A base map; :func:`gridgov.base_map` makes one.

    Attributes
    ----------
    name
        Name of the service, the address, or the name of the file.
    datum
        ``"wgs84"`` or ``"gcj02"``.
    title, attribution
        In English and Chinese, as plain text.
    sources
        Tiles to be fetched, the lowest first.
    file
        A file of tiles instead.
    zooms, max_mb
        Which tiles of the file go into the page.
    """

    name: str
    datum: Datum
    title: tuple[str, str]
    attribution: tuple[str, str]
    sources: tuple[Source, ...] = ()
    file: Path | None = None
    zooms: tuple[int, int] | None = None
    max_mb: float = 20.0
    # Not shown where the object is printed.
    key: str | None = field(default=None, repr=False)

    def add_to(
        self,
        folium_map: folium.Map,
        *,
        lang: Language = "en",
        bounds: tuple[float, float, float, float] | None = None,
    ) -> folium.Map:
        """Put the base map on any ``folium.Map`` in Web Mercator.

        Parameters
        ----------
        folium_map
            The map; one with ``tiles=None``. Over tiles in GCJ-02 it draws in GCJ-02 from
            now on.
        lang
            Language of the attribution.
        bounds
            West, south, east and north, degrees, for which a file gives tiles; those of the
            elements on the map when None.

        Returns
        -------
        folium.Map
            The same map.

        Raises
        ------
        MapError
            If the map is in another projection, holds tiles of another datum, has nothing
            on it to take the bounds from, or the tiles do not fit.
        """
        place = 1 if check_language(lang) == "zh" else 0
        shifts = self.datum == "gcj02"
        if folium_map.crs not in ("EPSG3857", GCJ_CRS if shifts else "EPSG3857"):
            raise MapError(
                f"A base map in {self.datum} goes on a map in Web Mercator. Found: "
                f"crs={folium_map.crs!r}. Use one base map a map, and folium.Map's own crs."
            )
        kept = None
        attribution = self.attribution[place]
        layers = [_layer(source, self.key) for source in self.sources]
        if self.file is not None:
            file = _open(self.file)
            kept = keep_tiles(
                file, self._area(folium_map, bounds), zooms=self.zooms, max_mb=self.max_mb
            )
            native = {"minNativeZoom": kept.zooms[0], "maxNativeZoom": kept.zooms[1]}
            layers = [{"url": "", "options": native}]
            attribution = attribution or file.attribution
        settings = {"layers": layers, "attribution": escape(attribution)}
        before = folium_map.crs
        folium_map.crs = GCJ_CRS if shifts else before
        try:
            check_pairing(folium_map)
        except MapError:
            folium_map.crs = before
            raise
        folium_map.add_child(
            BaseLayer(self.title[place], settings, kept=kept, shifts=shifts), index=0
        )
        return folium_map

    def _area(
        self, folium_map: folium.Map, bounds: tuple[float, float, float, float] | None
    ) -> tuple[float, float, float, float]:
        """Return the bounds of a map in the datum of the tiles."""
        if bounds is None:
            (south, west), (north, east) = folium_map.get_bounds()
            if south is None or west is None or north is None or east is None:
                raise MapError(
                    "A base map from a file needs to know where the map is. Found: a map with "
                    "nothing on it. Add the base map last, or pass bounds=(west, south, east, "
                    "north)."
                )
            bounds = (west, south, east, north)
        if self.datum == "wgs84":
            return bounds
        from gridgov.geo.datum import transform_coordinates

        lon, lat = transform_coordinates(
            [bounds[0], bounds[2]], [bounds[1], bounds[3]], source="wgs84", target=self.datum
        )
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])


def base_map(
    source: str | Path,
    *,
    key: str | None = None,
    style: str | None = None,
    datum: str | None = None,
    attribution: str | None = None,
    zooms: tuple[int, int] | None = None,
    max_mb: float = 20.0,
) -> BaseMap:
    """Choose a base map for any map, to be passed as `tiles`.

    Parameters
    ----------
    source
        ``"gaode"``, ``"tianditu"``, ``"osm"``, ``"carto"`` or ``"esri"``; an address with
        ``{z}``, ``{x}`` and ``{y}``, such as a server of your own; or a raster ``.mbtiles``
        or ``.pmtiles`` file, whose tiles then lie in the page.
    key
        Your key: needed for Tianditu, possible for Carto.
    style
        ``"streets"``, ``"imagery"``, ``"terrain"``, ``"light"`` or ``"dark"``, as far as the
        service has it; its plain one when None.
    datum
        ``"wgs84"`` or ``"gcj02"`` of an address or a file; ``"wgs84"`` when None. Named
        services know theirs.
    attribution
        Whom to name in the corner of the map; needed for an address. A file's own when None.
    zooms
        First and last zoom of a file; as many as fit when None.
    max_mb
        Largest size of a file's tiles in the page, megabytes of a million bytes. The page
        grows by four thirds of that.

    Returns
    -------
    BaseMap
        To be passed as ``tiles=`` of every map; ``.add_to(folium_map)`` puts it on any
        ``folium.Map``. Shown without its key.

    Raises
    ------
    OptionError
        If the service, style, datum, key or attribution is missing or does not exist.
    MapError
        If the address contradicts `datum`, or its tiles are in no Web Mercator.
    ReadError
        If a file does not exist, or holds no pictures.

    Notes
    -----
    Online tiles are for machines with a network: :func:`gridgov.save_html` refuses them, or
    leaves them out by ``drop_base=True``, and then the key is not in the file. A key is in
    what ``map.save`` writes and in a notebook's output. Maps that are published in mainland
    China need an approval number; see the terms of each service.

    Examples
    --------
    >>> base_map("tianditu", key="0123456789abcdef", style="imagery").attribution[0]
    '© Tianditu, National Geomatics Center of China; CGCS2000, used as WGS-84'
    >>> base_map("高德").datum
    'gcj02'
    >>> tiles = "http://10.0.0.5/{z}/{x}/{y}.png"
    >>> base_map(tiles, attribution="Survey office", datum="gcj02").name
    'http://10.0.0.5/{z}/{x}/{y}.png'
    """
    if isinstance(source, Path) or str(source).lower().endswith(_FILES):
        return _from_file(Path(source), datum, attribution, zooms, max_mb)
    if _PLACES.search(source):
        return _from_address(source, key, datum, attribution)
    name = find_provider(source)
    if name is None:
        check_choice(source, option="source", choices=tuple(PROVIDERS))
    provider = PROVIDERS[str(name)]
    style = check_choice(
        style or next(iter(provider.styles)), option="style", choices=tuple(provider.styles)
    )
    if datum is not None and _datum(datum) != provider.datum:
        raise MapError(
            f"{provider.title[0]} serves tiles in {provider.datum}, and the map sees to that. "
            f"Found: datum={datum!r}. Leave datum out."
        )
    if provider.key == "needed" and not key:
        raise OptionError(
            f"{provider.title[0]} needs a key of your own. Found: none. Get one at "
            "https://console.tianditu.gov.cn (type: browser) and pass key=..."
        )
    if key is not None and (not provider.key or not _KEY.fullmatch(key)):
        rule = "letters, digits and . _ -" if provider.key else "no key"
        raise OptionError(
            f"{provider.title[0]} takes {rule}. Found: a key of {len(key)} characters. "
            "Check what was passed."
        )
    sources = provider.styles[str(style)]
    if provider.key == "optional" and key:
        sources = tuple(one._replace(address=f"{one.address}?key={{key}}") for one in sources)
    named = (attribution, attribution) if attribution else provider.attribution
    return BaseMap(str(name), provider.datum, provider.title, named, sources, key=key)


def read_tiles(tiles: Any) -> tuple[BaseMap | None, Any]:
    """Return what was passed as `tiles`: one of our base maps, or something for Folium.

    Parameters
    ----------
    tiles
        None or ``"none"``, a :class:`BaseMap`, a name or file that :func:`base_map` takes,
        or whatever ``folium.Map`` takes.

    Raises
    ------
    MapError
        If tiles for Folium are not in WGS-84 or not in Web Mercator.
    OptionError
        If a named service needs more than its name.

    Examples
    --------
    >>> read_tiles("gaode")[0].datum, read_tiles("CartoDB Positron")
    ('gcj02', (None, 'CartoDB Positron'))
    """
    if tiles is None or (isinstance(tiles, str) and tiles.strip().lower() in ("none", "")):
        return None, None
    if isinstance(tiles, BaseMap):
        return tiles, None
    if isinstance(tiles, Path) or (
        isinstance(tiles, str) and (find_provider(tiles) or tiles.lower().endswith(_FILES))
    ):
        return base_map(tiles), None
    address = tiles if isinstance(tiles, str) else getattr(tiles, "tiles", None)
    if address is None and isinstance(tiles, dict):
        address = tiles.get("url")
    if isinstance(address, str):
        check_tiles(address, "wgs84", "tiles")
    return None, tiles


def _from_file(
    path: Path,
    datum: str | None,
    attribution: str | None,
    zooms: tuple[int, int] | None,
    max_mb: float,
) -> BaseMap:
    """Return a base map of a file, looked into once so that errors come early."""
    _open(path)
    if not max_mb > 0:
        raise OptionError(f"max_mb must be more than 0. Found: {max_mb!r}.")
    if zooms is not None and not 0 <= zooms[0] <= zooms[1] <= 24:
        raise OptionError(f"zooms must be a first and a last zoom, 0 to 24. Found: {zooms!r}.")
    named = str(attribution or "")
    title = ("Base map", "底图")
    return BaseMap(
        path.name, _datum(datum), title, (named, named), file=path, zooms=zooms, max_mb=max_mb
    )


def _from_address(
    address: str, key: str | None, datum: str | None, attribution: str | None
) -> BaseMap:
    """Return a base map of tiles at an address."""
    if key is not None:
        raise OptionError("An address holds its own key. Found: key=... Write it into the address.")
    if not attribution:
        raise OptionError(
            "Tiles at an address must name where they come from. Found: no attribution. "
            "Pass attribution='...'."
        )
    known = _datum(datum)
    check_tiles(address, known, "source")
    title = ("Base map", "底图")
    named = (attribution, attribution)
    return BaseMap(address, known, title, named, (Source(address, "abc", 19),))


def _datum(datum: str | None) -> Datum:
    """Return the datum of tiles.

    Raises
    ------
    OptionError
        If it is none that a map can draw in.
    """
    plain = "".join(c for c in str(datum or "wgs84").lower() if c.isalnum())
    known: Datum = check_choice(plain, option="datum", choices=("wgs84", "gcj02"))
    return known


def _open(path: Path) -> TileFile:
    """Return a file of tiles.

    Raises
    ------
    ReadError
        If it is missing or of an unknown kind.
    """
    if not path.is_file():
        raise ReadError(f"A file of tiles must exist. Not there: {path}. Check the path.")
    if path.suffix.lower() not in _FILES:
        raise ReadError(
            f"A file of tiles ends in .mbtiles or .pmtiles. Found: {path.name}. Convert it first."
        )
    # Readers of files are only needed by those who have one.
    from gridgov.maps.mbtiles import MBTiles
    from gridgov.maps.pmtiles import PMTiles

    return MBTiles(path) if path.suffix.lower() == ".mbtiles" else PMTiles(path)


def _layer(source: Source, key: str | None) -> dict[str, Any]:
    """Return tiles to be fetched as the script reads them."""
    options: dict[str, Any] = {"maxNativeZoom": source.finest}
    if source.subdomains:
        options["subdomains"] = source.subdomains
    return {"url": source.address.replace("{key}", key or ""), "options": options}
