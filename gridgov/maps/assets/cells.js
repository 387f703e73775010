// Cells on one canvas, colored by the view (period, group, measure) that is chosen, and what
// each of them tells at the pointer; cell_paint.js paints them.
(function () {
  "use strict";
  const gg = window.gridgov;
  const SHOWN = {
    count: gg.grouped,
    score: gg.scoreOf,
    probability: gg.shareOf,
    percent: function (thousandths) {
      return thousandths < 0 ? "–" : Math.round(thousandths / 10) + " %";
    },
  };

  gg.Cells = gg.Canvas.extend({
    initialize: function (data, columns, shapes) {
      gg.Canvas.prototype.initialize.call(this);
      this.data = data;
      this.columns = columns;
      this.count = columns.place.length;
      this.shapes = shapes || null;
      this.take(data.first);
      this.on("add view", this.outline);
      this.on("remove", function () {
        if (this.lined) this.lined.remove();
      });
    },

    // Takes on a view without painting it. Class codes stay, as they are small; the lines
    // of the card are read for the view that is asked about.
    take: function (view) {
      this.view = view;
      this.measure = this.data.measures[this.data.views[view].measure];
      this.codes = this.codesOf(view);
      // After the classes the cells without an answer, and last those that are not there.
      this.unanswered = this.measure.palette.length - 1;
      this.absent = this.measure.palette.length;
      this.lines = Object.create(null);
    },

    codesOf: function (view) {
      if (!this.kept) this.kept = Object.create(null);
      if (!this.kept[view]) this.kept[view] = Uint8Array.from(this.columns["class_" + view]());
      return this.kept[view];
    },

    set: function (view) {
      if (view === this.view) return;
      this.take(view);
      this.repaint();
      this.fire("view");
    },

    // Lines around areas of the view, such as the circles of clusters.
    outline: function () {
      if (this.lined) this.lined.remove();
      this.lined = null;
      const { outlines } = this.data.views[this.view];
      if (!this._map || !outlines || !outlines.length || this.left) return;
      const look = { interactive: false, fill: false, color: "#16202a", weight: 2, smoothFactor: 0.2 };
      this.lined = L.layerGroup(
        outlines.map(function (one) {
          return L.polygon(one.points, Object.assign({}, look, one.dashed ? { dashArray: "6 5" } : {}));
        })
      ).addTo(this._map);
    },

    // How many cells stand in every class, the unanswered last.
    tally: function () {
      const counts = new Array(this.measure.palette.length + 1).fill(0);
      for (const code of this.codes) counts[code] += 1;
      return counts.slice(0, -1);
    },

    // The hatching of a class, if any, by the names of symbols.js.
    hatchOf: function (code) {
      return code === this.unanswered ? "forward" : (this.measure.hatches || [])[code] || "";
    },

    prepare: function (map) {
      if (!this.shapes) this.shapes = gg.hexagons(this.data, this.columns, map);
    },

    repaint: function () {
      if (!this._ctx || !this._bounds) return;
      const ctx = this._ctx;
      ctx.save();
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.clearRect(0, 0, this._container.width, this._container.height);
      ctx.restore();
      this.paint(ctx, this._bounds, this.scale(), this._map.getPixelOrigin());
    },

    // What a swipe leaves of this layer: all without one.
    clip: function () {
      if (!this._container || !this._bounds) return;
      let shape = "";
      if (this.cut) {
        const x = this._map.containerPointToLayerPoint([this.cut(), 0]).x - this._bounds.min.x;
        const right = this._bounds.getSize().x - x;
        shape = this.left ? "inset(0 " + right + "px 0 0)" : "inset(0 0 0 " + x + "px)";
      }
      this._container.style.clipPath = shape;
    },

    grid: function () {
      if (!this.shapes.grid) this.shapes.grid = gg.buckets(this.shapes);
      return this.shapes.grid;
    },

    find: function (latlng) {
      // While two views are compared, the other one answers on its side of the handle.
      const other = this.other && this.other._map && this._map.latLngToContainerPoint(latlng).x < this.cut();
      const layer = other ? this.other : this;
      const i = layer.at(this._map.options.crs.latLngToPoint(latlng, 0));
      return i < 0 ? null : { key: other ? "left " + i : i, cell: i, layer: layer };
    },

    // The number of the cell at a point of zoom 0, -1 where none is; once around counts.
    at: function (point) {
      for (const turn of [0, this.shapes.around, -this.shapes.around]) {
        const x = point.x + turn;
        for (const i of this.grid().near(x, point.y)) {
          if (this.codes[i] < this.absent && this.holds(i, x, point.y)) return i;
        }
      }
      return -1;
    },

    holds: function (i, x, y) {
      const { flat, first } = this.shapes;
      let inside = false;
      for (let v = first[i], u = first[i + 1] - 1; v < first[i + 1]; u = v, v += 1) {
        const [x1, y1, x2, y2] = [flat[2 * v], flat[2 * v + 1], flat[2 * u], flat[2 * u + 1]];
        if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
      }
      return inside;
    },

    corners: function (i) {
      const { flat, first } = this.shapes;
      const corners = [];
      for (let v = first[i]; v < first[i + 1]; v += 1) {
        corners.push(this._map.options.crs.pointToLatLng(L.point(flat[2 * v], flat[2 * v + 1]), 0));
      }
      return corners;
    },

    middle: function (i) {
      const { middles } = this.grid();
      return this._map.options.crs.pointToLatLng(L.point(middles[2 * i], middles[2 * i + 1]), 0);
    },

    mark: function (found) {
      if (this.ring) this.ring.remove();
      this.ring = null;
      this.marked = found ? found.cell : -1;
      if (!found || !this._map) return;
      const look = { interactive: false, fill: false, color: "#16202a", weight: 2.5, smoothFactor: 0 };
      this.ring = L.polygon(this.corners(found.cell), look);
      this.ring.addTo(this._map);
    },

    // The id: 8 for a cell, the resolution, and the digits, unused ones filled with ones.
    text: function (i) {
      let level = 0;
      for (let [k, to] = [0, 0]; k < this.data.resolutions.length && i >= to; k += 1) {
        level = this.data.resolutions[k][0];
        to += this.data.resolutions[k][1];
      }
      const unused = 8 ** (15 - level);
      const low = this.columns.place[i] * unused + (unused - 1);
      return "8" + level.toString(16) + low.toString(16).padStart(13, "0");
    },

    valueOf: function (line, i) {
      const name = "line_" + this.view + "_" + line;
      if (!this.lines[name]) this.lines[name] = this.columns[name]();
      return this.lines[name][i];
    },

    tell: function (found) {
      return (found.layer || this).told(found.cell);
    },

    told: function (i) {
      const { data, measure } = this;
      const words = data.words;
      const content = document.createDocumentFragment();
      const street = this.columns.street[i];
      content.appendChild(gg.node("h2", "", street < 0 ? words.no_street : data.street_names[street]));
      content.appendChild(gg.node("p", "gg-sub", words.cell + " " + this.text(i)));
      const rows = [];
      measure.lines.forEach(function (line, place) {
        if (line.kind === "class") {
          const code = this.codes[i];
          const plain = code === this.unanswered;
          const mark = gg.swatch(plain ? "hatch" : "fill", measure.palette[code], plain ? null : { hatch: this.hatchOf(code) });
          rows.push([line.heading, measure.classes[code], mark]);
        } else if (line.kind === "name") {
          const code = this.valueOf(place, i);
          if (code >= 0) rows.push([line.heading, line.names[code]]);
        } else if (line.kind === "digits") {
          const text = gg.digitsOf(this.valueOf(place, i));
          if (text) rows.push([line.heading, text]);
        } else {
          rows.push([line.heading, SHOWN[line.kind](this.valueOf(place, i))]);
        }
      }, this);
      const label = this.label ? this.label() : "";
      if (label) content.appendChild(gg.node("p", "gg-view", label));
      content.appendChild(gg.rowsOf(rows));
      return content;
    },

    // Cells whose id begins with, or ends in, what somebody types.
    seek: function (wanted) {
      const id = String(wanted).trim().toLowerCase().replace(/^0x/, "");
      const hits = [];
      if (!this._map || !/^8[0-9a-f]{4,14}$/.test(id)) return hits;
      for (let i = 0; i < this.count && hits.length < 20; i += 1) {
        if (this.codes[i] >= this.absent || !this.text(i).startsWith(id)) continue;
        const found = { key: i, cell: i, layer: this };
        const street = this.columns.street[i];
        const note = street < 0 ? this.data.words.no_street : this.data.street_names[street];
        hits.push({ text: this.text(i), note: note, layer: this, found: found, latlng: this.middle(i), bounds: L.latLngBounds(this.corners(i)) });
      }
      return hits;
    },

    framed: function (shown) {
      gg.cellKeys(this, shown);
      gg.cellChoices(this, shown);
    },
  });

  // Four digits as text: a code holds up to four digits and a power of ten, see cell_values.py.
  gg.digitsOf = function (code) {
    if (code === gg.MISSING) return "";
    const power = (((code % 1024) + 1024) % 1024) - 512;
    const digits = (code - power - 512) / 1024;
    const number = Number(digits + "e" + power);
    if (Math.abs(number) >= 10000 && Math.abs(number) < 1e15) return gg.grouped(number);
    if (number !== 0 && (Math.abs(number) < 0.0001 || Math.abs(number) >= 1e15)) {
      return number.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
    }
    return String(number);
  };

  gg.kinds.cells = function (data, columns) {
    return new gg.Cells(data, columns);
  };
})();
