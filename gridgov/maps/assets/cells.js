// Cells on one canvas: filled pixel by pixel where they are small, as paths where they are
// large, and colored by the view (period, group, measure) that is chosen.
(function () {
  "use strict";
  const gg = window.gridgov;
  // Wider cells are edged, pixels, and up to so many of them are painted as smooth paths.
  const WIDE = 11;
  const FEW = 4000;
  // Longer paths take a canvas more time than they save, shorter ones more calls.
  const BATCH = 32;
  const EDGE = "#bcc3c2";
  const PALE = "#e3e5e6";
  const DARK = "#8b9095";
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
    pen.fillStyle = PALE;
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = DARK;
    pen.lineWidth = 1.1;
    pen.beginPath();
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    return ctx.createPattern(tile, "repeat");
  }

  // A color as the four bytes of a pixel.
  function pixelOf(color) {
    const bytes = new Uint8Array(partsOf(color).concat(255));
    return new Uint32Array(bytes.buffer)[0];
  }

  function partsOf(color) {
    return [1, 3, 5].map(function (at) {
      return parseInt(color.slice(at, at + 2), 16);
    });
  }

  // A cell's color on its way to that of the edges: a thin line, as pixels are whole.
  function edgeOf(color) {
    const to = partsOf(EDGE);
    const mixed = partsOf(color).map(function (part, k) {
      return Math.round(0.35 * part + 0.65 * to[k]);
    });
    return new Uint32Array(new Uint8Array(mixed.concat(255)).buffer)[0];
  }

  const HATCH_INK = pixelOf(DARK);

  // Whether a pixel lies on a line of a hatching.
  function onHatch(name, x, row) {
    const forward = (x + row) % 6 < 2;
    const backward = (x + 5 * row) % 6 < 2;
    if (name === "dots") return x % 6 < 2 && row % 6 < 2;
    return name === "crossed" ? forward || backward : name === "backward" ? backward : forward;
  }

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

    paint: function (ctx, bounds, scale, origin) {
      this._container.style.opacity = this.data.opacity;
      const seen = [bounds.min.x + origin.x, bounds.min.y + origin.y, bounds.max.x + origin.x, bounds.max.y + origin.y];
      const box = seen.map(function (side) {
        return side / scale;
      });
      const wide = this.shapes.widest * scale > WIDE;
      if (wide && this.inSight(box) <= FEW) this.paintPaths(ctx, box, scale, origin);
      else this.paintPixels(ctx, box, scale, seen, wide);
      this.clip();
    },

    inSight: function ([w, n, e, s]) {
      const { boxes } = this.shapes;
      let count = 0;
      for (let at = 0; at < boxes.length; at += 4) {
        if (boxes[at + 2] >= w && boxes[at] <= e && boxes[at + 3] >= n && boxes[at + 1] <= s) count += 1;
      }
      return count;
    },

    paintPaths: function (ctx, [w, n, e, s], scale, origin) {
      const { flat, first, boxes } = this.shapes;
      const members = this.measure.palette.map(function () {
        return [];
      });
      for (let i = 0; i < this.count; i += 1) {
        if (boxes[4 * i + 2] < w || boxes[4 * i] > e || boxes[4 * i + 3] < n || boxes[4 * i + 1] > s) continue;
        if (this.codes[i] < this.absent) members[this.codes[i]].push(i);
      }
      ctx.lineJoin = "round";
      ctx.strokeStyle = EDGE;
      ctx.lineWidth = 0.7;
      members.forEach(function (cells, code) {
        if (!cells.length) return;
        const [name, color] = [this.hatchOf(code), this.measure.palette[code]];
        ctx.fillStyle = code === this.unanswered ? hatch(ctx) : name ? gg.hatching(ctx, name, color) : color;
        for (let from = 0; from < cells.length; from += BATCH) {
          ctx.beginPath();
          for (let k = from; k < Math.min(from + BATCH, cells.length); k += 1) {
            const start = first[cells[k]];
            for (let v = start; v < first[cells[k] + 1]; v += 1) {
              const x = flat[2 * v] * scale - origin.x;
              const y = flat[2 * v + 1] * scale - origin.y;
              if (v === start) ctx.moveTo(x, y);
              else ctx.lineTo(x, y);
            }
            ctx.closePath();
          }
          ctx.fill();
          ctx.stroke();
        }
      }, this);
    },

    // A pixel belongs to the cell that its middle lies in, so that cells leave no seams and
    // a whole map takes milliseconds; a cell smaller than a pixel still gets one. Of two cells
    // one has their common edge above or to the left, and that one draws it.
    paintPixels: function (ctx, [w, n, e, s], scale, seen, edged) {
      const { flat, first, boxes } = this.shapes;
      const [width, height] = [this._container.width, this._container.height];
      if (!width || !height) return;
      if (!this.image || this.image.width !== width || this.image.height !== height) {
        this.image = ctx.createImageData(width, height);
        this.pixels = new Uint32Array(this.image.data.buffer);
      } else {
        this.pixels.fill(0);
      }
      const pixels = this.pixels;
      const ratio = width / (seen[2] - seen[0]);
      const unit = scale * ratio;
      const left = seen[0] * ratio;
      const top = seen[1] * ratio;
      const inks = this.measure.palette.map(pixelOf);
      const edges = this.measure.palette.map(edgeOf);
      const hatches = this.measure.palette.map((color, code) => this.hatchOf(code));
      inks[this.unanswered] = pixelOf(PALE);
      const low = new Float64Array(height);
      const high = new Float64Array(height);
      for (let i = 0; i < this.count; i += 1) {
        const code = this.codes[i];
        if (code >= this.absent) continue;
        if (boxes[4 * i + 2] < w || boxes[4 * i] > e || boxes[4 * i + 3] < n || boxes[4 * i + 1] > s) continue;
        const from = Math.max(0, Math.ceil(boxes[4 * i + 1] * unit - top - 0.5));
        const to = Math.min(height - 1, Math.floor(boxes[4 * i + 3] * unit - top - 0.5));
        for (let row = from; row <= to; row += 1) {
          low[row] = Infinity;
          high[row] = -Infinity;
        }
        const last = first[i + 1] - 1;
        let xa = flat[2 * last] * unit - left;
        let ya = flat[2 * last + 1] * unit - top;
        for (let v = first[i]; v <= last; v += 1) {
          const xb = flat[2 * v] * unit - left;
          const yb = flat[2 * v + 1] * unit - top;
          const slope = (xb - xa) / (yb - ya);
          const begin = Math.max(from, Math.ceil(Math.min(ya, yb) - 0.5));
          const end = Math.min(to, Math.ceil(Math.max(ya, yb) - 0.5) - 1);
          for (let row = begin; row <= end; row += 1) {
            const x = xa + (row + 0.5 - ya) * slope;
            if (x < low[row]) low[row] = x;
            if (x > high[row]) high[row] = x;
          }
          xa = xb;
          ya = yb;
        }
        let filled = false;
        let [before, after] = [width, -1];
        for (let row = from; row <= to; row += 1) {
          const begin = Math.max(0, Math.ceil(low[row] - 0.5));
          const end = Math.min(width - 1, Math.ceil(high[row] - 0.5) - 1);
          if (end < begin) continue;
          filled = true;
          if (hatches[code]) {
            for (let x = begin; x <= end; x += 1) {
              pixels[row * width + x] = onHatch(hatches[code], x, row) ? HATCH_INK : inks[code];
            }
          } else {
            for (let at = row * width + begin; at <= row * width + end; at += 1) pixels[at] = inks[code];
          }
          if (!edged) continue;
          pixels[row * width + begin] = edges[code];
          for (let x = begin; x < Math.min(before, end + 1); x += 1) pixels[row * width + x] = edges[code];
          for (let x = Math.max(after + 1, begin); x <= end; x += 1) pixels[row * width + x] = edges[code];
          before = begin;
          after = end;
        }
        if (filled) continue;
        const x = Math.floor(((boxes[4 * i] + boxes[4 * i + 2]) / 2) * unit - left);
        const y = Math.floor(((boxes[4 * i + 1] + boxes[4 * i + 3]) / 2) * unit - top);
        if (x >= 0 && y >= 0 && x < width && y < height) {
          pixels[y * width + x] = inks[code];
        }
      }
      ctx.putImageData(this.image, 0, 0);
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
