"""Make the gallery: every map and figure from ``sample_data``, in both languages.

Usage: ``python docs/make_gallery.py [NAME ...]``, from the repository root; with names, only
the pictures of those functions are taken again. It writes ``docs/gallery/`` and
``docs/gallery.md``; with ``--check`` it writes nothing and fails where a picture taken now is
not like the one that lies there. It needs playwright (``pip install playwright``) and
Chromium, and takes a few minutes.

Fonts and browsers of another machine move lines and with them the fit of a map: which ones the
pictures were taken with lies beside them in ``machine.json``, and the test compares only there.

The calls on the page are the calls that ran: each is kept as text and evaluated.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from PIL import Image, ImageFilter

import gridgov as gg
from gridgov.errors import DataWarning

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_data"
MACHINE = HERE / "gallery" / "machine.json"
WIDTH = 760
QUALITY = 62
LIMIT_BYTES = 3_000_000
TOLERANCE = 10.0
SOURCE = {"en": "gridgov sample_data, synthetic", "zh": "gridgov 合成示例数据"}

# What each table is; later ones may use earlier ones.
TABLES = {
    "streets": 'gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")',
    "incidents": 'gg.read_incidents(SAMPLE / "incidents.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).incidents',
    "facilities": 'gg.read_facilities(SAMPLE / "facilities.csv", datum="gcj02").facilities',
    "tracks": 'gg.read_tracks(SAMPLE / "patrol_tracks.csv", datum="gcj02", '
    'timezone="Asia/Shanghai").tracks',
    "grid": "gg.make_grid(streets, resolution=9)",
    "located": "gg.locate(incidents, streets, resolution=9)",
    "counts": 'gg.tally(located, grid, start="2015-01-01", end="2016-01-01")',
    "later": 'gg.tally(located, grid, start="2017-01-01", end="2018-01-01")',
    "panel": 'gg.tally(located, grid, period="MS", start="2015-01-01", end="2018-01-01")',
    "quarters": 'gg.tally(located, grid, period="QS", start="2016-01-01", end="2017-01-01")',
    "hot": "gg.find_hotspots(counts)",
    "monthly": 'gg.find_hotspots(panel[panel["period"] >= "2017-01-01"])',
    "yearly": 'gg.find_hotspots(gg.tally(located, grid, period="YS"))',
    "moran": "gg.find_moran_clusters(counts)",
    "moran_later": "gg.find_moran_clusters(later)",
    "clusters": "gg.find_scan_clusters(counts, radius_km=0.63, replicates=199)",
    "density": "gg.measure_density(located, grid, jurisdictions=streets, bandwidth_m=600)",
    "rates": 'gg.measure_rates(counts, base="area_km2", method="neighborhood_empirical_bayes")',
    "early": 'gg.find_emerging_hotspots(panel[panel["period"] < "2016-05-01"])',
    "persistence": "gg.classify_persistence(panel)",
    "trends": "gg.measure_trends(panel)",
    "change": "gg.compare_patterns(counts, later)",
    "month": 'incidents[incidents["reported_at"].dt.strftime("%Y-%m") == "2017-09"]',
    "patrols": "gg.measure_patrols(tracks, grid)",
    "coverage": "gg.measure_patrol_coverage(gg.find_visits(tracks, grid), grid, streets, "
    "days=(1, 3, 7, 14))",
    "plan": "gg.plan_patrols(later, grid, patrols=patrols, "
    'starts=facilities[facilities["kind"] == "驿站"], shift_min=180)',
    "blind": 'gg.find_blind_spots(located, grid, start="2017-01-01", end="2018-01-01")',
    "channel_mix": 'gg.measure_channels(located, grid, start="2017-01-01", end="2018-01-01")',
    "silent": 'gg.find_silent_channels(located, start="2015-01-01", end="2018-01-01")',
    "joint": 'gg.find_joint_enforcement(located, grid, start="2017-01-01", end="2018-01-01")',
    "posts": 'facilities[facilities["kind"] == "驿站"]',
    "reach": "gg.measure_reach(posts, grid, located, jurisdictions=streets)",
    "street_reach": "gg.measure_street_reach(posts, grid, streets, located)",
    "access": "gg.measure_access(posts, later)",
    "placed": "gg.place_posts(later, posts=5, distance_m=800, existing=posts)",
    "parts": "gg.check_responsibility(streets, located)",
    "shares": 'gg.measure_responsibility(streets, located, by="street_id")',
    "owners": "gg.find_owners(grid, streets)",
    "boundaries": "gg.compare_boundaries(streets)",
    "street_rates": 'gg.measure_street_rates(located, streets, base="population", per=10_000)',
    "backtest": 'gg.backtest(located, grid, start="2015-01-01", end="2018-01-01")',
    "near": "gg.measure_near_repeats(located, distance_bands_m=[0, 100, 200, 400], "
    "time_bands_days=[0, 3, 7, 14, 28], permutations=199)",
    # The sample has no roads: the borders of streets stand in for them.
    "borders": "gg.read_lines(gpd.GeoDataFrame({'line': streets['street']}, "
    "geometry=streets.boundary, crs=4326))",
    "campaigns": 'gg.read_campaigns(SAMPLE / "campaigns.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).campaigns',
    "cases": 'gg.read_cases(SAMPLE / "cases.csv", timezone="Asia/Shanghai", '
    "jurisdictions=streets).cases",
    "scores": 'gg.assess(cases, period="YS")',
    "rates_of_cases": 'gg.measure_indicators(cases, by="street_id", indicators='
    '["on_time_closing_rate"])',
    "effects": "gg.evaluate_campaigns(located, grid, campaigns)",
    # The market of 模式口, against cells where none of the others was at work.
    "market": "campaigns.iloc[1]",
    "setting": '{"treated": market["geometry"], "category": market["category"], '
    '"before": (market["before_start"], market["before_end"]), '
    '"after": (market["after_start"], market["after_end"]), "name": market["campaign"], '
    '"exclude": campaigns.drop(index=1)["geometry"].tolist()}',
    "inventory": 'gg.read_inventory(SAMPLE / "inventory.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).inventory',
    "line_density": "gg.measure_line_density(located, borders, bandwidth_m=300, segment_m=50)",
}


class Picture(NamedTuple):
    """One call, and what it shows in English and Chinese."""

    call: str
    en: str
    zh: str

    @property
    def function(self) -> str:
        """The function called, without the package."""
        return self.call.split("(")[0]


MAPS = [
    Picture("map_hotspots(hot, streets)", "Hotspots, 2015", "2015 年热点"),
    Picture("map_hotspots(monthly, streets)", "Hotspots month by month, 2017", "2017 年逐月热点"),
    Picture(
        'map_hotspots(yearly, streets, compare=("2015", "2017"))',
        "Hotspots, before and after",
        "整治前后热点对比",
    ),
    Picture(
        'map_comparison(moran, moran_later, streets, labels=("2015", "2017"))',
        "Two tables in the same classes",
        "两张表同级对比",
    ),
    Picture("map_incidents(month, streets)", "Incidents, September 2017", "2017 年 9 月事件"),
    Picture("map_rates(rates, streets)", "Incidents per km², smoothed", "每平方公里事件数（平滑）"),
    Picture("map_density(density, streets)", "Density of incidents", "事件密度"),
    Picture("map_line_density(line_density, streets)", "Density along borders", "沿边界密度"),
    Picture("map_moran(moran, streets)", "Clusters and outliers, 2015", "2015 年聚集与异常"),
    Picture("map_clusters(clusters, counts, streets)", "Scan clusters, 2015", "2015 年扫描聚集区"),
    Picture("map_emerging(early, streets)", "Emerging hotspots", "新兴热点"),
    Picture("map_persistence(persistence, streets)", "Persistence", "热点持续性"),
    Picture("map_trends(trends, streets)", "Rising and falling cells", "升降趋势"),
    Picture(
        "map_pattern_change(change, streets)", "Shares, 2015 and 2017", "2015 与 2017 年占比变化"
    ),
    Picture(
        'map_dashboard(located, grid, streets, start="2015-01-01", end="2018-01-01")',
        "Dashboard",
        "综合看板",
    ),
    Picture("map_tracks(tracks, streets)", "Patrol tracks", "巡查轨迹"),
    Picture("map_patrols(patrols, streets)", "Patrol visits", "巡查到访"),
    Picture("map_patrol_coverage(coverage, streets)", "Patrol coverage", "巡查覆盖率"),
    Picture("map_patrol_plan(plan, streets)", "Patrol plan", "巡查计划"),
    Picture("map_blind_spots(blind, streets)", "Blind spots, 2017", "2017 年上报盲区"),
    Picture("map_channels(channel_mix, streets)", "Channels, 2017", "2017 年上报渠道"),
    Picture("map_silent_channels(silent, streets)", "Silent channels", "静默渠道"),
    Picture("map_joint_enforcement(joint, streets)", "Joint enforcement", "联合执法地点"),
    Picture("map_reach(reach, streets, facilities=posts)", "Reach of stations", "驿站服务范围"),
    Picture("map_street_reach(street_reach, streets)", "Reach by street", "街道服务覆盖"),
    Picture("map_access(access, streets, facilities=posts)", "Access to stations", "驿站可达性"),
    Picture("map_posts(placed, streets, distance_m=800)", "Five more stations", "新增五处驿站"),
    Picture("map_responsibility(parts, streets)", "Gaps and overlaps", "责任空白与重叠"),
    Picture("map_responsibility_shares(shares, streets)", "Who is responsible", "责任归属占比"),
    Picture("map_owners(owners, streets)", "Owners of cells", "格子责任主体"),
    Picture("map_boundaries(boundaries, streets)", "Borders of streets", "街道边界"),
    Picture(
        "map_campaign(gg.campaign_cells(located, grid, **setting), streets, "
        'treated=market["geometry"])',
        "A campaign and its controls",
        "专项行动与对照区",
    ),
    Picture(
        'map_inventory(gg.measure_inventory(inventory, by="street_id", period="QS"), streets)',
        "Progress of rectification",
        "整改进度",
    ),
]

FIGURES = [
    Picture("plot_hotspots(hot, streets)", "Hotspots, 2015", "2015 年热点"),
    Picture("plot_incidents(month, streets)", "Incidents, September 2017", "2017 年 9 月事件"),
    Picture("plot_rates(rates, streets)", "Incidents per km²", "每平方公里事件数"),
    Picture("plot_density(density, streets)", "Density of incidents", "事件密度"),
    Picture("plot_line_density(line_density, streets)", "Density along borders", "沿边界密度"),
    Picture("plot_moran_map(moran, streets)", "Clusters and outliers", "聚集与异常"),
    Picture("plot_clusters_map(clusters, counts, streets)", "Scan clusters", "扫描聚集区"),
    Picture("plot_emerging_map(early, streets)", "Emerging hotspots", "新兴热点"),
    Picture("plot_persistence(persistence, streets)", "Persistence", "热点持续性"),
    Picture("plot_trends_map(trends, streets)", "Rising and falling cells", "升降趋势"),
    Picture("plot_pattern_change_map(change, streets)", "Change of shares", "占比变化"),
    Picture("plot_patrols(patrols, streets)", "Patrol minutes", "巡查时长"),
    Picture("plot_blind_spots(blind, streets)", "Blind spots", "上报盲区"),
    Picture("plot_reach(reach, streets, facilities=posts)", "Reach of stations", "驿站服务范围"),
    Picture("plot_small_multiples(quarters, streets)", "Quarters of 2016", "2016 年各季度"),
    Picture(
        'plot_trend(gg.measure_periods(incidents, start="2015-01-01", end="2018-01-01"))',
        "Incidents a month",
        "每月事件数",
    ),
    Picture("plot_ranking(street_rates)", "Ranking of streets", "街道排名"),
    Picture("plot_funnel(gg.measure_funnel(street_rates))", "Funnel of streets", "街道漏斗图"),
    Picture(
        'plot_calendar(gg.measure_periods(incidents, period="D", start="2017-01-01", '
        'end="2018-01-01"))',
        "Every day of 2017",
        "2017 年日历",
    ),
    Picture("plot_hours(gg.measure_hours(incidents))", "Hours of the week", "一周各时段"),
    Picture("plot_emerging(early)", "Categories of change", "变化类别"),
    Picture("plot_moran(moran)", "Moran scatter plot", "莫兰散点图"),
    Picture("plot_clusters(clusters, streets)", "Clusters by risk", "聚集区相对风险"),
    Picture("plot_pattern_change(change, streets)", "Before and after", "前后占比"),
    Picture(
        "plot_autocorrelation(gg.measure_autocorrelation(counts))",
        "Global autocorrelation",
        "全局自相关",
    ),
    Picture(
        "plot_lorenz(gg.measure_lorenz(counts), gg.measure_concentration(counts, streets))",
        "Concentration",
        "集中程度",
    ),
    Picture(
        "plot_map(gg.map_owners(owners, streets))",
        "Any map as a still picture",
        "任意地图的静态图",
    ),
    Picture(
        'plot_scores(scores, names=streets.set_index("street_id")["street"])',
        "Scores and the ranks that the cases allow",
        "得分与名次范围",
    ),
    Picture(
        'plot_indicator(rates_of_cases, names=streets.set_index("street_id")["street"])',
        "Closed in time, by street",
        "各街道按期结案率",
    ),
    Picture(
        'plot_closing_curves(gg.measure_closing_curves(cases, by="category"), days=40)',
        "How long cases stay open",
        "案件多久结案",
    ),
    Picture("plot_campaigns(effects)", "Did the campaigns work?", "专项行动有效吗"),
    Picture(
        "plot_campaign(gg.campaign_series(located, grid, **setting))",
        "The market of Moshikou, month by month",
        "模式口流动市场逐月",
    ),
    Picture(
        'plot_inventory(gg.measure_inventory(inventory, period="MS"))',
        "Found, rectified, left",
        "发现、整改与遗留",
    ),
    Picture("plot_near_repeats(near)", "Near repeats", "近邻重复"),
    Picture("plot_backtest(backtest, gg.rank_measures(backtest))", "Prediction", "预测回测"),
]


def file_name(picture: Picture, pictures: list[Picture], lang: str) -> str:
    """Return the picture's file; a second call of one function has a number."""
    same = [p for p in pictures if p.function == picture.function]
    number = f"_{same.index(picture) + 1}" if picture is not same[0] else ""
    return f"{picture.function}{number}_{lang}.webp"


class Tables(dict[str, Any]):
    """Names in the calls; a table is made when a call first asks for it."""

    def __missing__(self, name: str) -> Any:
        if name not in TABLES:
            raise KeyError(name)
        self[name] = eval(TABLES[name], {}, self)
        return self[name]


def draw(picture: Picture, tables: Tables, lang: str) -> Any:
    """Run the call as the page shows it, with the words of one language."""
    words = {"lang": lang, "title": getattr(picture, lang), "source": SOURCE[lang]}
    # The words of a redrawn map are those of its page.
    end = "))" if picture.function == "plot_map" else ")"
    call = f"gg.{picture.call.removesuffix(end)}, **words{end}"
    # A name that only the call needs must not stay among the tables.
    return eval(call, {"words": words, "__builtins__": __builtins__}, tables)


def keep(png: bytes, path: Path) -> None:
    """Write a picture small enough to be looked at in a list."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.LANCZOS)
    image.save(path, "WEBP", quality=QUALITY, method=6)


def unlike(png: bytes, path: Path) -> float:
    """Return how far a picture is from the stored one: gray levels in the worst of the squares.

    Both are small and blurred, so that another font or a nudged letter is little, and a missing
    layer, legend or title is much.
    """
    seen = []
    for source in (io.BytesIO(png), path):
        image = Image.open(source).convert("L").resize((320, 200), Image.BOX)
        seen.append(np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), dtype=float))
    apart = np.abs(seen[0] - seen[1])
    return float(apart.reshape(10, 20, 16, 20).mean(axis=(1, 3)).max())


def machine() -> dict[str, str]:
    """Return what of this machine decides how a page looks: its browser and its fonts."""
    binary = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    asked = {
        "browser": [binary, "--version"],
        **{
            name: ["fc-match", "--format=%{family} %{fontversion}", name]
            for name in ("sans-serif", "system-ui", "Noto Sans CJK SC", "Noto Sans CJK SC:bold")
        },
    }
    found = {}
    for name, command in asked.items():
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
            found[name] = told.stdout.strip()
        except OSError:
            found[name] = ""
    # The last digits of a version mend holes and move no letter.
    found["browser"] = found["browser"].split(".")[0]
    return found


def page() -> str:
    """Return the text of ``gallery.md``."""
    lines = [
        "# Gallery",
        "",
        "Every map and figure, drawn from `sample_data/` (synthetic) in English and Chinese by",
        "[`make_gallery.py`](make_gallery.py), with the call that made each. Maps are photographed",
        "in Chromium from the file that `gg.save_html` writes. How to draw and read them:",
        "[maps.md](maps.md).",
        "",
        "Left out of the calls: `lang=`, `title=` and `source=`.",
    ]
    for heading, pictures in (("Maps", MAPS), ("Figures", FIGURES)):
        lines += ["", f"## {heading}"]
        for picture in pictures:
            files = [file_name(picture, pictures, lang) for lang in ("en", "zh")]
            if not all((HERE / "gallery" / name).exists() for name in files):
                continue
            shown = [
                f'<img src="gallery/{name}" width="49%" alt="{alt}">'
                for name, alt in zip(files, (picture.en, picture.zh), strict=True)
            ]
            lines += ["", f"### {picture.en} · {picture.zh}", "", f"    gg.{picture.call}", ""]
            lines += [" ".join(shown)]
    lines += ["", "## The tables in the calls", "", "```python"]
    lines += ["from pathlib import Path", "", "import geopandas as gpd", "", "import gridgov as gg"]
    lines += ["", 'SAMPLE = Path("sample_data")']
    lines += [f"{name} = {made}" for name, made in TABLES.items()]
    return "\n".join([*lines, "```", ""])


def main() -> int:
    """Take the pictures, write the page, and say what has none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is missing, which drives the browser: pip install playwright")
        return 1
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        print("Chromium is missing, which the maps are photographed in: apt-get install chromium")
        return 1
    # What the sample's dirty rows make the readers say is on the sample's own page.
    warnings.simplefilter("ignore", DataWarning)
    check = "--check" in sys.argv[1:]
    wanted = set(sys.argv[1:]) - {"--check"}
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    tables = Tables(gg=gg, gpd=gpd, pd=pd, SAMPLE=SAMPLE)
    failed = []

    def put(png: bytes, path: Path) -> None:
        if not check:
            keep(png, path)
        elif (far := unlike(png, path)) > TOLERANCE:
            failed.append(f"{path.name} is {far:.0f} gray levels from the stored picture")

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        for pictures in (MAPS, FIGURES):
            for picture in pictures:
                if wanted and picture.function not in wanted:
                    continue
                if picture.function not in gg.__all__:
                    print(f"not public, left out: {picture.function}")
                    continue
                for lang in ("en", "zh"):
                    try:
                        drawn = draw(picture, tables, lang)
                    except Exception as error:
                        failed.append(f"{picture.call}: {type(error).__name__}: {error}")
                        break
                    if pictures is FIGURES:
                        made = io.BytesIO()
                        drawn.savefig(made, format="png", dpi=120)
                        put(made.getvalue(), folder / file_name(picture, pictures, lang))
                        continue
                    file = gg.save_html(drawn, Path(scratch) / "map.html")
                    tab.goto(file.as_uri())
                    tab.wait_for_timeout(900)
                    path, shot = folder / file_name(picture, pictures, lang), tab.screenshot()
                    if check and unlike(shot, path) > TOLERANCE:
                        # On a busy machine a page may not be done yet; a wrong one stays wrong.
                        tab.wait_for_timeout(3000)
                        shot = tab.screenshot()
                    put(shot, path)
                print(picture.call, flush=True)
        browser.close()
    if not check:
        (HERE / "gallery.md").write_text(page(), encoding="utf-8")
        MACHINE.write_text(json.dumps(machine(), indent=2) + "\n", encoding="utf-8")
    elif (HERE / "gallery.md").read_text(encoding="utf-8") != page():
        failed.append("gallery.md is not what the calls say; run docs/make_gallery.py")
    shown = {picture.function for picture in (*MAPS, *FIGURES)}
    for name in sorted(set(gg.__all__) - shown):
        if name.startswith(("map_", "plot_")):
            failed.append(f"no picture asks for {name}")
    size = sum(file.stat().st_size for file in folder.glob("*.webp"))
    print(f"{len(list(folder.glob('*.webp')))} pictures, {size / 1e6:.2f} MB")
    if size > LIMIT_BYTES:
        failed.append(f"the gallery is larger than {LIMIT_BYTES / 1e6} MB")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
