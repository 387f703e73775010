// The cells of a dashboard: colored by the incidents chosen, or by the hotspots that were
// computed beforehand.
(function () {
  "use strict";
  const gg = window.gridgov;
  const MOST = 5;

  function rounded(number) {
    if (number < 100) return number;
    const unit = 10 ** (Math.floor(Math.log10(number)) - 1);
    return Math.round(number / unit) * unit;
  }

  // Bounds between classes of counts above 0: each class holds about half of the cells that
  // are left, as a few cells have most of the incidents. Exact where they are below 100.
  gg.countBounds = function (values) {
    const some = Float64Array.from(
      values.filter(function (value) {
        return value > 0;
      })
    ).sort();
    const bounds = [];
    let from = 0;
    while (bounds.length < MOST && from < some.length && some[some.length - 1] > some[from]) {
      let bound = rounded(some[from + ((some.length - from) >> 1)]);
      let next = from;
      while (some[next] < bound) next += 1;
      if (next === from) {
        while (some[next] === some[from]) next += 1;
        bound = some[next];
      }
      bounds.push(bound);
      from = next;
    }
    return bounds;
  };

  function textsOf(bounds, least) {
    if (!bounds.length) return ["≥ " + least];
    const texts = [];
    let from = least;
    for (const bound of bounds) {
      texts.push(bound - 1 > from ? gg.grouped(from) + " – " + gg.grouped(bound - 1) : gg.grouped(from));
      from = bound;
    }
    return texts.concat("≥ " + gg.grouped(from));
  }

  gg.DashCells = gg.Cells.extend({
    initialize: function (data, columns) {
      gg.Canvas.prototype.initialize.call(this);
      this.data = data;
      this.columns = columns;
      this.count = columns.place.length;
      this.shapes = null;
      this.numbers = new Float64Array(this.count);
      this.spots = null;
      this.bounds = [];
      this.dress(["0"], [data.zero_color], new Uint8Array(this.count));
    },

    // The last color is of cells without an answer, which counts do not have.
    dress: function (names, colors, codes) {
      this.measure = { classes: names, palette: colors.concat("#bdbdbd"), lines: [], hatches: [] };
      this.unanswered = colors.length;
      this.absent = colors.length + 1;
      this.codes = codes;
    },

    showCounts: function (numbers, keep) {
      if (!keep) this.bounds = gg.countBounds(numbers);
      const { bounds, data } = this;
      this.numbers = numbers;
      this.spots = null;
      const codes = Uint8Array.from(numbers, function (number) {
        if (!number) return 0;
        let code = 1;
        while (code <= bounds.length && number >= bounds[code - 1]) code += 1;
        return code;
      });
      const all = data.colors;
      const colors = [data.zero_color];
      const last = Math.max(bounds.length, 1);
      for (let k = 0; k <= bounds.length; k += 1) colors.push(all[Math.round((k * (all.length - 1)) / last)]);
      this.dress(["0"].concat(textsOf(bounds, 1)), colors, codes);
      this.repaint();
    },

    // Hotspots of all incidents (group 0) or of one category (its place and 1).
    showSpots: function (numbers, group) {
      const { names, colors } = this.data.spots;
      this.numbers = numbers;
      this.spots = Uint8Array.from(this.columns["spot_" + group]);
      this.dress(names, colors.slice(0, -1), this.spots);
      this.repaint();
    },

    section: function (heading, help) {
      const counts = this.tally();
      const rows = this.measure.classes.map(function (text, code) {
        return { mark: "fill", color: this.measure.palette[code], text: text, count: counts[code] };
      }, this);
      const none = counts[this.unanswered];
      if (none) rows.push({ mark: "hatch", color: "#e3e5e6", text: this.data.words.no_answer, count: none });
      rows.push({ mark: "line", color: "", text: this.data.words.street_outline, count: null, apart: true });
      return { heading: heading, rows: rows, help: help };
    },

    told: function (i) {
      const { data, measure } = this;
      const street = this.columns.street[i];
      const content = document.createDocumentFragment();
      content.appendChild(gg.node("h2", "", street < 0 ? data.words.no_street : data.street_names[street]));
      content.appendChild(gg.node("p", "gg-sub", data.words.cell + " " + this.text(i)));
      const rows = [[data.dash.count, gg.grouped(this.numbers[i])]];
      if (this.spots) {
        const code = this.codes[i];
        const none = code === this.unanswered;
        const mark = gg.swatch(none ? "hatch" : "fill", measure.palette[code]);
        rows.push([data.words.spot, none ? data.words.no_answer : measure.classes[code], mark]);
      }
      content.appendChild(gg.rowsOf(rows));
      const more = this.parts ? this.parts(i) : [];
      if (more.length) content.appendChild(gg.rowsOf(more));
      return content;
    },

    framed: function (shown) {
      gg.cellKeys(this, shown);
      gg.dashboard(this, shown);
    },
  });

  gg.kinds.dashboard = function (data, columns) {
    return new gg.DashCells(data, columns);
  };
})();
