"""Whether a campaign worked: before and after, against cells that went the same way before.

What was done is compared with what happened where nothing was done. The headline is a
ratio of rates by difference in differences; beside it stand the weighted displacement
difference, the E-test, and what the surroundings did. A campaign is never drawn by lot:
places are picked because they are bad, and then they get better by themselves. What
speaks against an effect is looked for and told as cautions, and a fall with a serious
one is a fall with doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov.campaigns.effect import Setup, campaign_row
from gridgov.campaigns.matching import MATCH_ON, check_match_on
from gridgov.campaigns.roles import ROLES
from gridgov.campaigns.treated_area import read_treated
from gridgov.campaigns.units import count_units, read_records
from gridgov.campaigns.windows import Windows, read_windows
from gridgov.checks import check_table, check_whole, conform
from gridgov.errors import OptionError
from gridgov.hotspots.poisson_intervals import check_level
from gridgov.place.periods import check_period

__all__ = ["campaign_cells", "evaluate_campaign", "set_up"]


def evaluate_campaign(
    located: Any,
    grid: Any,
    *,
    treated: Any,
    before: Any,
    after: Any,
    category: str | Sequence[str] | None = None,
    name: str = "campaign",
    controls: Any = 5,
    buffer_rings: int = 2,
    exclude: Any = None,
    match_on: str | Sequence[str] = MATCH_ON,
    times: str = "reported_at",
    period: str = "MS",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Judge a campaign by the incidents before and after it, against where nothing was done.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    treated
        What was treated: cells, or an outline (shapely Polygon or MultiPolygon, GeoSeries or
        GeoDataFrame, EPSG:4326). With an outline the incidents inside it count, with cells
        all that lie in them: a small place in large cells is diluted by its surroundings.
    before, after
        Pairs of dates, half-open, in the zone of the times. Leave out the campaign itself.
    category
        Category, or several, to count; None counts all.
    name
        What to call the campaign.
    controls
        Cells to compare with: how many a treated cell are matched, or the cells themselves,
        or ``"all"`` other ones, or None for before against after alone.
    buffer_rings
        Rings of cells around the treated ones in which incidents may have moved; 0 is none.
    exclude
        Cells or an outline that are no control, such as those of other campaigns, or a list
        of several.
    match_on
        ``"level"`` (as many incidents before), ``"trend"`` (the same change within the time
        before), or both.
    times
        Column that dates an incident, with a zone.
    period
        Periods in which the trends before are compared, as in :func:`gridgov.tally`.
    confidence
        Probability of the intervals, 0.5 to below 1.

    Returns
    -------
    DataFrame
        One row.

        - ``campaign``, ``category``, ``before_start``, ``before_end``, ``after_start``,
          ``after_end``, ``before_days``, ``after_days``, ``compared_with``.
        - ``treated_cells``, ``treated_km2``, ``treated_before``, ``treated_after``, and the
          same of ``buffer``, ``control`` and ``buffer_control``: cells, area, incidents.
        - ``rate_ratio``, ``rate_ratio_low``, ``rate_ratio_high``, ``interval_method``,
          ``p_value``, ``q_value``: the headline; 0.2 is a fall by 80 % beyond the control.
        - ``poisson_low``, ``poisson_high``, ``quasi_low``, ``quasi_high``, ``robust_low``,
          ``robust_high``, ``dispersion``: its intervals side by side.
        - ``incidents_avoided``, ``incidents_avoided_low``, ``incidents_avoided_high``.
        - ``e_test_p``: treated before against after, without a control.
        - ``wdd_treated``, ``wdd_treated_se``, ``wdd_buffer``, ``wdd_buffer_se``, ``wdd``,
          ``wdd_se``, ``wdd_z``, ``wdd_low``, ``wdd_high``: incidents in the time after, areas
          weighted by km².
        - ``buffer_ratio``, ``buffer_ratio_low``, ``buffer_ratio_high``, ``buffer_p``,
          ``displacement``, ``displaced_share``, ``displacement_quotient``,
          ``quotient_meaning``: what the surroundings did.
        - ``pretrend_ratio``, ``pretrend_p``: whether treated and control drifted apart before.
        - ``regression_share``, ``regressed_ratio``, ``matched_ratio``: what cells picked for
          their counts do by themselves.
        - ``cautions``: codes separated by semicolons; missing when there are none.
        - ``verdict``: ``fell``, ``fell_with_doubt``, ``no_clear_change``, ``rose`` or
          ``not_judged``.

        ``attrs["campaign"]`` holds the settings.

    Raises
    ------
    ColumnsError, EmptyTableError
        If a column is missing, times have no zone, or a table is empty.
    InputError
        If a treated cell is not in the grid, an outline touches none, or no incident has the
        category.
    OptionError
        If dates overlap or cannot be read, or an option does not exist.
    GeometryError, DatumError
        If an outline is no valid area in EPSG:4326.

    Notes
    -----
    Null hypothesis of ``p_value``: the treated rate changes by the ratio by which the control
    rate does. How intervals, matching, the weights of the weighted displacement difference
    and all cautions are made, and how often each errs, is in docs/campaigns.md. Fewer
    incidents can also mean fewer reports: look at :func:`gridgov.find_silent_channels` too.

    References
    ----------
    .. [1] Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement
       difference test to evaluate place based crime interventions. Crime Science 7, 11.
       https://doi.org/10.1186/s40163-018-0085-5
    .. [2] Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and
       diffusion of benefit effects of crime prevention activity. Journal of Quantitative
       Criminology 19, 275-301. https://doi.org/10.1023/A:1024909009240
    .. [3] Hauer, E. (1997). Observational Before-After Studies in Road Safety. Pergamon.

    Examples
    --------
    Two cells: the treated one has 20 incidents before and 10 after, the other 20 and 20.

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "area_km2": [0.1, 0.1]})
    >>> days = pd.to_datetime(["2016-01-10"] * 40 + ["2017-01-10"] * 30).tz_localize("UTC")
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([a] * 20 + [b] * 20 + [a] * 10 + [b] * 20, "UInt64"),
    ...     "match": "inside", "reported_at": days})
    >>> effect = evaluate_campaign(
    ...     located, grid, treated=[a], controls=[b], buffer_rings=0,
    ...     before=("2016-01-01", "2016-02-01"), after=("2017-01-01", "2017-02-01"))
    >>> effect[["rate_ratio", "wdd", "wdd_se", "verdict"]].round(3).values.tolist()
    [[0.5, -10.0, 8.367, 'no_clear_change']]
    """
    setup = set_up(
        located,
        treated=treated,
        before=before,
        after=after,
        category=category,
        name=name,
        controls=controls,
        buffer_rings=buffer_rings,
        exclude=exclude,
        match_on=match_on,
        times=times,
        period=period,
        confidence=confidence,
    )
    records = read_records(located, grid, category=category, times=times)
    row = campaign_row(records, setup)
    row["q_value"] = row["p_value"]
    table = conform(pd.DataFrame([row]), "campaign_effects")
    table.attrs["campaign"] = setup.told()
    return table


def campaign_cells(
    located: Any,
    grid: Any,
    *,
    treated: Any,
    before: Any,
    after: Any,
    category: str | Sequence[str] | None = None,
    name: str = "campaign",
    controls: Any = 5,
    buffer_rings: int = 2,
    exclude: Any = None,
    match_on: str | Sequence[str] = MATCH_ON,
    times: str = "reported_at",
) -> pd.DataFrame:
    """List the cells of a campaign with their role and what changed in each, for maps.

    Parameters
    ----------
    located, grid, treated, before, after, category, name, controls, buffer_rings, exclude, \
match_on, times
        As in :func:`gridgov.evaluate_campaign`: the same options give the same cells.

    Returns
    -------
    DataFrame
        One row a cell of the grid, two where an outline cuts it; treated first, then by role
        and cell.

        - ``campaign``, ``cell``, ``role``, ``street_id`` (for display), ``area_km2``.
        - ``incidents_before``, ``incidents_after``: in treated and buffer cells they add up to
          the counts of :func:`gridgov.evaluate_campaign`; matched controls count here in every
          week, there only in the weeks by which they were not chosen.
        - ``rate_before``, ``rate_after``, ``rate_change``: per 30 days.
        - ``rate_change_share``: change over the rate before; missing from 0.

    Raises
    ------
    ColumnsError, EmptyTableError, InputError, OptionError, GeometryError, DatumError
        As :func:`gridgov.evaluate_campaign`.

    Examples
    --------
    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "area_km2": [0.1, 0.1]})
    >>> days = pd.to_datetime(["2016-01-10"] * 3 + ["2017-01-10"]).tz_localize("UTC")
    >>> located = pd.DataFrame({"cell": pd.array([a, a, b, a], "UInt64"), "match": "inside",
    ...                         "reported_at": days})
    >>> cells = campaign_cells(located, grid, treated=[a], controls=[b], buffer_rings=0,
    ...     before=("2016-01-01", "2016-01-31"), after=("2017-01-01", "2017-01-31"))
    >>> cells[["role", "rate_before", "rate_after", "rate_change_share"]].values.tolist()
    [['treated', 2.0, 1.0, -0.5], ['control', 1.0, 0.0, -1.0]]
    """
    setup = set_up(
        located,
        treated=treated,
        before=before,
        after=after,
        category=category,
        name=name,
        controls=controls,
        buffer_rings=buffer_rings,
        exclude=exclude,
        match_on=match_on,
        times=times,
    )
    records = read_records(located, grid, category=category, times=times)
    units = count_units(records, setup.treated, setup.windows, **setup.choices())
    days_before, days_after = setup.windows.days
    names = grid["street_id"].to_numpy(dtype=object) if "street_id" in grid.columns else None
    frame = pd.DataFrame(
        {
            "campaign": name,
            "cell": records.cells[units.place],
            "role": [ROLES[role] for role in units.role.tolist()],
            "street_id": None if names is None else names[records.order[units.place]],
            "area_km2": units.area_km2,
            "incidents_before": units.before.astype("int64"),
            "incidents_after": units.after.astype("int64"),
            "rate_before": units.before / days_before * 30,
            "rate_after": units.after / days_after * 30,
            "order": units.role,
        }
    )
    frame["rate_change"] = frame["rate_after"] - frame["rate_before"]
    known = frame["rate_before"].where(frame["rate_before"] > 0)
    frame["rate_change_share"] = frame["rate_change"] / known
    frame = frame.sort_values(["order", "cell"], ignore_index=True)
    return conform(frame, "campaign_cells")


def set_up(
    located: Any,
    *,
    treated: Any,
    before: Any,
    after: Any,
    category: Any,
    name: Any,
    controls: Any,
    buffer_rings: Any,
    exclude: Any,
    match_on: Any,
    times: str,
    period: Any = "MS",
    confidence: Any = 0.95,
) -> Setup:
    """Return the options of a campaign after checking them.

    Raises
    ------
    ColumnsError, EmptyTableError, OptionError, InputError, GeometryError, DatumError
        As :func:`evaluate_campaign`.
    """
    check_table(located, "located", columns=["cell", "match", times])
    if not isinstance(name, str) or not name.strip():
        raise OptionError(f"name must be a text that names the campaign. Found: {name!r}.")
    freq = check_period(period)
    if freq is None:
        raise OptionError(
            "period must name a calendar start, such as 'MS': the trends before are compared "
            "period by period. Found: None."
        )
    return Setup(
        name=name,
        treated=read_treated(treated),
        windows=_windows(located, before, after, times),
        category=category,
        controls=controls,
        buffer_rings=check_whole(
            buffer_rings, option="buffer_rings", least=0, meaning="rings of cells around"
        ),
        exclude=exclude,
        match_on=check_match_on(match_on),
        period=freq,
        confidence=check_level(confidence),
    )


def _windows(located: Any, before: Any, after: Any, times: str) -> Windows:
    """Return the spans in the zone of the incidents."""
    zone = getattr(located[times].dtype, "tz", None)
    # Times without a zone are refused when they are read, with more to say.
    return read_windows(before, after, zone or "UTC")
