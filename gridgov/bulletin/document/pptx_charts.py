"""Charts that PowerPoint draws, with their numbers behind them."""

from __future__ import annotations

from typing import Any

from gridgov.bulletin.document.forms import EXCEL_FORMATS, plain_text
from gridgov.bulletin.document.model import ChartBlock
from gridgov.bulletin.document.office import EAST_ASIAN, LATIN
from gridgov.bulletin.document.pptx_slides import INK, Box

__all__ = ["CHART_COLORS", "add_chart"]

CHART_COLORS = ("1F5A8C", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9")
"""Colors of the series, told apart by most eyes (Okabe and Ito 2008)."""


def add_chart(slide: Any, block: ChartBlock, box: Box) -> None:
    """Add a chart in a box."""
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    kinds = {
        "bar": XL_CHART_TYPE.BAR_CLUSTERED,
        "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
        "line": XL_CHART_TYPE.LINE_MARKERS,
    }
    form = EXCEL_FORMATS[block.form]
    data = CategoryChartData(number_format=form)
    data.categories = [plain_text(text, longest=60) for text in block.categories]
    for one in block.series:
        data.add_series(plain_text(one.name, longest=60), list(one.values))
    left, top, right, bottom = box
    shape = slide.shapes.add_chart(
        kinds[block.kind], Pt(left), Pt(top), Pt(right - left), Pt(bottom - top), data
    )
    shape.name = block.name
    shape._element.nvGraphicFramePr.cNvPr.set("descr", plain_text(block.alt))
    chart = shape.chart
    chart.font.size, chart.font.name = Pt(12), LATIN
    chart.font.color.rgb = RGBColor.from_string(INK)
    _set_east_asian(chart)
    chart.has_title = False
    chart.has_legend = len(block.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    chart.value_axis.has_major_gridlines = True
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("E4E6E8")
    if block.kind != "line":
        # A bar that does not begin at 0 lies about its length.
        chart.value_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format = form
    chart.value_axis.tick_labels.number_format_is_linked = False
    if block.kind == "bar":
        # The first category stands at the top, as in the table beside it.
        chart.category_axis.reverse_order = True
        _axis_at_the_foot(chart)
    for place, series in enumerate(chart.plots[0].series):
        color = RGBColor.from_string(CHART_COLORS[place % len(CHART_COLORS)])
        if block.kind == "line":
            series.format.line.color.rgb = color
            series.format.line.width = Pt(2)
            series.smooth = False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = color
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = color
    plot = chart.plots[0]
    if block.kind != "line":
        plot.gap_width = 60
    if len(block.series) == 1:
        plot.has_data_labels = True
        plot.data_labels.number_format = form
        plot.data_labels.number_format_is_linked = False
        plot.data_labels.font.size = Pt(11)


def _axis_at_the_foot(chart: Any) -> None:
    """Keep the scale at the foot of a chart whose categories run downward."""
    from pptx.oxml.ns import qn

    crosses = chart.category_axis._element.find(qn("c:crosses"))
    other = chart.value_axis._element.find(qn("c:crosses"))
    for one in (crosses, other):
        if one is not None and one is other:
            one.set("val", "max")


def _set_east_asian(chart: Any) -> None:
    """Give the chart's texts an East Asian font."""
    from pptx.oxml.ns import qn

    for properties in chart._chartSpace.iter(qn("a:defRPr")):
        latin = properties.find(qn("a:latin"))
        if latin is not None and properties.find(qn("a:ea")) is None:
            east = properties.makeelement(qn("a:ea"), {"typeface": EAST_ASIAN})
            latin.addnext(east)
