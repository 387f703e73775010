"""Tables of patrols: fixes, visits, and what they add up to by cell, street, hour and track."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import CELL, DISPLAY_STREET

__all__ = ["TABLES"]

_TRACK_ID = Column("track_id", "str", "Track", "轨迹编号", "id of the patrol, device or track")
_DWELL = Column(
    "dwell_min", "float64", "Dwell (min)", "停留时长（分钟）", "time observed there, minutes"
)
_PERSON = Column(
    "person_min",
    "float64",
    "Dose (person-min)",
    "巡查剂量（人·分钟）",
    "time observed there times the persons on patrol, person-minutes",
)
_WHOLE = Column(
    "street_id",
    "str",
    "Street id",
    "街道编号",
    "id of the jurisdiction; missing in the rows for the whole grid",
    missing=True,
)


def _share(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of shares that may be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "tracks",
        ("track_id", "fix_at"),
        (
            _TRACK_ID,
            Column("fix_at", "time", "Time of fix", "定位时间", "when the position was taken"),
            Column(
                "persons",
                "Int64",
                "Persons",
                "人数",
                "persons that the track stands for; 1 where the source does not say",
            ),
            Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326"),
        ),
        "gridgov.read_tracks",
        open=True,
    ),
    Table(
        "visits",
        ("track_id", "cell", "arrived_at"),
        (
            _TRACK_ID,
            CELL,
            DISPLAY_STREET,
            Column("arrived_at", "time", "Arrived", "到达时间", "when the visit began"),
            Column("left_at", "time", "Left", "离开时间", "when it ended"),
            _DWELL,
            _PERSON,
            Column(
                "koper_band",
                "bool",
                "10 to 16 minutes",
                "10～16分钟停留",
                "whether the dwell is 10 to 16 minutes",
            ),
        ),
        "gridgov.find_visits",
    ),
    Table(
        "patrols",
        ("cell",),
        (
            CELL,
            DISPLAY_STREET,
            Column("visits", "int64", "Visits", "到访次数", "number of visits"),
            _DWELL,
            Column(
                "mean_dwell_min",
                "float64",
                "Mean dwell (min)",
                "平均停留（分钟）",
                "mean dwell of the visits, minutes",
                missing=True,
            ),
            _PERSON,
            Column(
                "koper_visits",
                "int64",
                "Visits of 10 to 16 minutes",
                "10～16分钟到访次数",
                "visits whose dwell is 10 to 16 minutes",
            ),
            Column(
                "revisits",
                "int64",
                "Revisits",
                "再次到访次数",
                "absences that a return ended within the period",
            ),
            Column(
                "revisit_mean_h",
                "float64",
                "Mean revisit interval (h)",
                "平均到访间隔（小时）",
                "mean length of the absences that a return ended, hours",
                missing=True,
            ),
            Column(
                "revisit_censored_mean_h",
                "float64",
                "Mean revisit interval, period ends included (h)",
                "平均到访间隔（计入期初期末，小时）",
                "hours of absence, those cut off by the ends of the period included, a return",
                missing=True,
            ),
            Column(
                "revisit_max_h",
                "float64",
                "Longest absence (h)",
                "最长无人到访（小时）",
                "longest time without a visit in the period, its ends included, hours",
            ),
            Column(
                "revisit_max_open",
                "bool",
                "Longest absence cut off",
                "最长间隔未结束",
                "whether the longest absence is cut off by an end of the period, and so may be "
                "longer",
            ),
            Column(
                "revisit_cv",
                "float64",
                "Irregularity of revisits",
                "到访间隔变异系数",
                "standard deviation over mean of the absences that a return ended",
                missing=True,
            ),
            Column(
                "last_visit_at",
                "time",
                "Last visit",
                "最近到访",
                "when the last visit ended",
                missing=True,
            ),
            Column(
                "dwell_half_rate_min",
                "float64",
                "Dwell at half the fix rate (min)",
                "定位频率减半时的停留（分钟）",
                "dwell_min if every second fix were missing and the same time observed",
            ),
        ),
        "gridgov.measure_patrols",
    ),
    Table(
        "patrol_time",
        ("track_id",),
        (
            _TRACK_ID,
            Column("fixes", "int64", "Fixes", "定位数", "number of fixes"),
            Column("first_fix_at", "time", "First fix", "首个定位", "time of the first fix"),
            Column("last_fix_at", "time", "Last fix", "末个定位", "time of the last fix"),
            Column(
                "tracked_min",
                "float64",
                "Tracked (min)",
                "轨迹总时长（分钟）",
                "from the first fix to the last, within the period, minutes",
            ),
            _DWELL,
            Column(
                "outside_min",
                "float64",
                "Outside (min)",
                "区外时长（分钟）",
                "time observed in cells that the grid does not have, minutes",
            ),
            Column(
                "unobserved_min",
                "float64",
                "Unobserved (min)",
                "无信号时长（分钟）",
                "time in gaps between fixes that are too long to say anything, minutes",
            ),
            Column("cells", "float64", "Cells", "网格数", "cells of the grid with any dwell"),
        ),
        "gridgov.measure_patrol_time",
    ),
    Table(
        "patrol_coverage",
        ("street_id", "days"),
        (
            _WHOLE,
            Column("days", "int64", "Days", "天数", "length of the windows, calendar days"),
            Column(
                "windows",
                "int64",
                "Windows",
                "窗口数",
                "windows of so many days in the period, one beginning every day",
            ),
            Column(
                "cells",
                "float64",
                "Cells",
                "网格数",
                "cells, each counted by the share of its area inside",
            ),
            _share(
                "cell_share",
                "Cells visited",
                "到访网格占比",
                "share of the cells with a visit in the window, 0 to 1, mean over the windows",
            ),
            _share(
                "cell_share_min",
                "Cells visited, worst window",
                "到访网格占比（最差）",
                "the same in the window with the least",
            ),
            _share(
                "cell_share_last",
                "Cells visited, last window",
                "到访网格占比（最近）",
                "the same in the last window",
            ),
            _share(
                "road_cells",
                "Road cells",
                "有路网格数",
                "cells that any line passes, counted as cells are; missing without lines",
            ),
            _share(
                "road_cell_share",
                "Road cells visited",
                "到访有路网格占比",
                "share of the road cells with a visit in the window, mean over the windows",
            ),
            _share(
                "road_length_share",
                "Road length visited",
                "到访道路长度占比",
                "the same, cells weighted by the length of line in them",
            ),
            Column(
                "incidents",
                "Int64",
                "Incidents",
                "事件数",
                "incidents on the grid; missing when none were given",
                missing=True,
            ),
            _share(
                "incident_share",
                "Incidents visited",
                "到访事件占比",
                "share of the incidents whose cell has a visit in the window, mean",
            ),
            _share(
                "hotspot_cells",
                "Hotspot cells",
                "热点网格数",
                "cells that are hot, counted as cells are; missing without hotspots",
            ),
            _share(
                "hotspot_cell_share",
                "Hotspot cells visited",
                "到访热点网格占比",
                "share of the hotspot cells with a visit in the window, mean",
            ),
            _share(
                "hotspot_dwell_share",
                "Dwell in hotspots",
                "热点内停留占比",
                "share of the dwell of all visits that was in hotspot cells, whatever the window",
            ),
        ),
        "gridgov.measure_patrol_coverage",
    ),
    Table(
        "patrol_hours",
        ("street_id", "weekday", "hour"),
        (
            _WHOLE,
            Column("weekday", "int64", "Weekday", "星期", "1 Monday to 7 Sunday"),
            Column("hour", "int64", "Hour", "小时", "hour of the day, 0 to 23, local time"),
            Column(
                "weeks",
                "int64",
                "Weeks",
                "周数",
                "times that this hour of the week came in the period",
            ),
            Column(
                "weeks_present",
                "int64",
                "Weeks with a patrol",
                "有巡查的周数",
                "those in which somebody was there for long enough",
            ),
            _share(
                "presence_share",
                "Share of weeks with a patrol",
                "有巡查的周占比",
                "weeks_present / weeks, 0 to 1; missing when the hour never came",
            ),
            _DWELL,
            _PERSON,
            Column(
                "cells",
                "float64",
                "Cells",
                "网格数",
                "cells with any dwell in this hour of the week, counted by their shares",
            ),
        ),
        "gridgov.measure_patrol_hours",
    ),
    Table(
        "fix_rates",
        ("step_s",),
        (
            Column(
                "step_s",
                "float64",
                "Seconds between fixes",
                "定位间隔（秒）",
                "least time between the fixes kept, seconds; 0 keeps all",
            ),
            Column("fixes", "int64", "Fixes", "定位数", "number of fixes kept"),
            _share(
                "median_interval_s",
                "Median interval (s)",
                "间隔中位数（秒）",
                "median observed interval between them, seconds",
            ),
            _DWELL,
            Column(
                "outside_min",
                "float64",
                "Outside (min)",
                "区外时长（分钟）",
                "time observed in cells that the grid does not have, minutes",
            ),
            Column("visits", "int64", "Visits", "到访次数", "number of visits"),
            Column(
                "koper_visits",
                "int64",
                "Visits of 10 to 16 minutes",
                "10～16分钟到访次数",
                "visits whose dwell is 10 to 16 minutes",
            ),
            Column("cells", "float64", "Cells", "网格数", "cells of the grid with any dwell"),
            Column("cells_visited", "int64", "Cells visited", "到访网格数", "cells with any visit"),
            _share(
                "cell_share",
                "Cells visited",
                "到访网格占比",
                "share of the grid with any visit, cells counted by their share inside, 0 to 1",
            ),
            _share(
                "moved_share",
                "Dwell in another cell",
                "停留错位占比",
                "share of the observed time that lies in other cells than with all fixes",
            ),
        ),
        "gridgov.measure_fix_rates",
    ),
)
