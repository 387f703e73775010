// Hexagons on one canvas, found under the pointer by a grid of buckets.
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

  function hatch(ctx) {
    const tile = document.createElement("canvas");
    tile.width = 6;
    tile.height = 6;
    const pen = tile.getContext("2d");
    pen.fillStyle = "#e3e5e6";
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = "#8b9095";
    pen.lineWidth = 1.1;
    pen.beginPath();
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    return ctx.createPattern(tile, "repeat");
  }

  gg.Cells = gg.Canvas.extend({
    initialize: function (data, columns) {
      gg.Canvas.prototype.initialize.call(this);
      this.data = data;
      this.columns = columns;
      this.count = columns.sizes.length;
      this.first = new Uint32Array(this.count + 1);
      for (let i = 0; i < this.count; i += 1) this.first[i + 1] = this.first[i] + columns.sizes[i];
      this.classes = data.palette.map(function () {
        return [];
      });
      for (let i = 0; i < this.count; i += 1) this.classes[columns.class[i]].push(i);
      // The last class is for the cells without an answer.
      this.unanswered = data.palette.length - 1;
    },

    prepare: function (map) {
      if (this.flat) return;
      this.flat = this.flatten(map, this.columns.x, this.columns.y, this.data.unit);
      const boxes = new Float64Array(4 * this.count);
      let widest = 0;
      for (let i = 0; i < this.count; i += 1) {
        let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
        for (let v = this.first[i]; v < this.first[i + 1]; v += 1) {
          w = Math.min(w, this.flat[2 * v]);
          e = Math.max(e, this.flat[2 * v]);
          n = Math.min(n, this.flat[2 * v + 1]);
          s = Math.max(s, this.flat[2 * v + 1]);
        }
        boxes.set([w, n, e, s], 4 * i);
        widest = Math.max(widest, e - w, s - n);
      }
      this.boxes = boxes;
      // A bucket is as wide as the widest cell, so that a cell lies in at most four.
      this.bucket = widest || 1;
      this.buckets = new Map();
      for (let i = 0; i < this.count; i += 1) {
        const [w, n, e, s] = boxes.subarray(4 * i, 4 * i + 4);
        for (let x = Math.floor(w / this.bucket); x <= Math.floor(e / this.bucket); x += 1) {
          for (let y = Math.floor(n / this.bucket); y <= Math.floor(s / this.bucket); y += 1) {
            const key = x + "," + y;
            if (!this.buckets.has(key)) this.buckets.set(key, []);
            this.buckets.get(key).push(i);
          }
        }
      }
    },

    paint: function (ctx, bounds, scale, origin) {
      this._container.style.opacity = this.data.opacity;
      const wide = this.bucket * scale > 9;
      const w = (bounds.min.x + origin.x) / scale;
      const e = (bounds.max.x + origin.x) / scale;
      const n = (bounds.min.y + origin.y) / scale;
      const s = (bounds.max.y + origin.y) / scale;
      const { flat, first, boxes } = this;
      ctx.lineJoin = "round";
      this.classes.forEach(function (members, code) {
        if (!members.length) return;
        ctx.beginPath();
        for (const i of members) {
          if (boxes[4 * i + 2] < w || boxes[4 * i] > e || boxes[4 * i + 3] < n || boxes[4 * i + 1] > s) continue;
          for (let v = first[i]; v < first[i + 1]; v += 1) {
            const x = flat[2 * v] * scale - origin.x;
            const y = flat[2 * v + 1] * scale - origin.y;
            if (v === first[i]) ctx.moveTo(x, y);
            else ctx.lineTo(x, y);
          }
          ctx.closePath();
        }
        ctx.fillStyle = code === this.unanswered ? hatch(ctx) : this.data.palette[code];
        ctx.fill();
        // Small cells are edged in their own color, or the mesh would show as white seams.
        ctx.strokeStyle = wide ? "#bcc3c2" : this.data.palette[code];
        ctx.lineWidth = wide ? 0.7 : 0.5;
        ctx.stroke();
      }, this);
    },

    find: function (latlng) {
      const point = this._map.options.crs.latLngToPoint(latlng, 0);
      const key = Math.floor(point.x / this.bucket) + "," + Math.floor(point.y / this.bucket);
      for (const i of this.buckets.get(key) || []) {
        if (this.holds(i, point)) return { key: i };
      }
      return null;
    },

    holds: function (i, point) {
      let inside = false;
      for (let v = this.first[i], u = this.first[i + 1] - 1; v < this.first[i + 1]; u = v, v += 1) {
        const [x1, y1, x2, y2] = [this.flat[2 * v], this.flat[2 * v + 1], this.flat[2 * u], this.flat[2 * u + 1]];
        if (y1 > point.y !== y2 > point.y && point.x < ((x2 - x1) * (point.y - y1)) / (y2 - y1) + x1) {
          inside = !inside;
        }
      }
      return inside;
    },

    mark: function (found) {
      if (this.ring) this.ring.remove();
      this.ring = null;
      if (!found || !this._map) return;
      const corners = [];
      for (let v = this.first[found.key]; v < this.first[found.key + 1]; v += 1) {
        corners.push([this.columns.y[v] / this.data.unit, this.columns.x[v] / this.data.unit]);
      }
      this.ring = L.polygon(corners, { interactive: false, fill: false, color: "#16202a", weight: 2.5 });
      this.ring.addTo(this._map);
    },

    text: function (i) {
      const hex = [this.columns.cell_high[i], this.columns.cell_middle[i], this.columns.cell_low[i]];
      return hex
        .map(function (part) {
          return part.toString(16).padStart(5, "0");
        })
        .join("");
    },

    tell: function (found) {
      const i = found.key;
      const { columns, data } = this;
      const words = data.words;
      const content = document.createDocumentFragment();
      const street = columns.street[i];
      content.appendChild(gg.node("h2", "", street < 0 ? words.no_street : data.street_names[street]));
      content.appendChild(gg.node("p", "gg-sub", words.cell + " " + this.text(i)));
      const rows = [];
      for (const line of data.lines) {
        if (line.kind === "class") {
          const code = columns.class[i];
          const mark = gg.swatch(code === this.unanswered ? "hatch" : "fill", data.palette[code]);
          rows.push([line.heading, data.classes[code], mark]);
        } else if (line.kind === "name") {
          const code = columns[line.column][i];
          if (code >= 0) rows.push([line.heading, line.names[code]]);
        } else {
          rows.push([line.heading, SHOWN[line.kind](columns[line.column][i])]);
        }
      }
      content.appendChild(gg.rowsOf(rows));
      return content;
    },
  });

  gg.kinds.cells = function (data, columns) {
    return new gg.Cells(data, columns);
  };
})();
