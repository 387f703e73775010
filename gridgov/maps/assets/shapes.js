// Areas, lines, points and tracks on one canvas each, in the colors of their classes.
(function () {
  "use strict";
  const gg = window.gridgov;
  const SPECK = 7;
  const INK = "#16202a";

  // Numbers in points are what such a map is for: no name of a street lies over one.
  function numbersPane(map) {
    if (!map.getPane("gg-numbers")) {
      Object.assign(map.createPane("gg-numbers").style, { zIndex: 465, pointerEvents: "none" });
    }
    return "gg-numbers";
  }

  gg.Shapes = gg.Canvas.extend({
    includes: gg.Places,

    initialize: function (data, columns, map) {
      const above = data.above || data.shape === "points";
      gg.Canvas.prototype.initialize.call(this, { pane: data.numbers ? numbersPane(map) : above ? "gg-top" : "overlayPane" });
      this.data = data;
      this.columns = columns;
      this.count = columns.paths.length;
      this.paths = new Uint32Array(this.count + 1);
      for (let i = 0; i < this.count; i += 1) this.paths[i + 1] = this.paths[i] + columns.paths[i];
      this.first = new Uint32Array(columns.sizes.length + 1);
      for (let p = 0; p < columns.sizes.length; p += 1) this.first[p + 1] = this.first[p] + columns.sizes[p];
      this.radius = data.shape !== "points" ? 0 : data.numbers ? 11 : data.size || 7;
      this.labels = gg.labelsOf(data, columns, this.radius ? this.radius + 1 : 0);
      gg.names(map).add(this, this.labels, 1);
    },

    prepare: function (map) {
      if (this.flat) return;
      this.flat = this.flatten(map, this.columns.x, this.columns.y, 1e6);
      this.boxes = new Float64Array(4 * this.count);
      for (let i = 0; i < this.count; i += 1) {
        let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
        for (let v = this.first[this.paths[i]]; v < this.first[this.paths[i + 1]]; v += 1) {
          w = Math.min(w, this.flat[2 * v]);
          e = Math.max(e, this.flat[2 * v]);
          n = Math.min(n, this.flat[2 * v + 1]);
          s = Math.max(s, this.flat[2 * v + 1]);
        }
        this.boxes.set([w, n, e, s], 4 * i);
      }
    },

    // The shapes whose box, widened by so many pixels, meets another box of zoom 0.
    meeting: function (w, n, e, s, pixels, scale) {
      const more = pixels / scale;
      const found = [];
      for (let i = 0; i < this.count; i += 1) {
        if (
          this.boxes[4 * i] - more <= e && this.boxes[4 * i + 2] + more >= w &&
          this.boxes[4 * i + 1] - more <= s && this.boxes[4 * i + 3] + more >= n
        ) found.push(i);
      }
      return found;
    },

    paint: function (ctx, bounds, scale, origin) {
      const w = (bounds.min.x + origin.x) / scale;
      const e = (bounds.max.x + origin.x) / scale;
      const n = (bounds.min.y + origin.y) / scale;
      const s = (bounds.max.y + origin.y) / scale;
      this.patterns = new Map();
      ctx.lineJoin = "round";
      ctx.lineCap = "round";
      const { shape } = this.data;
      // A circle of reach may come into view while its point stays out.
      const seen = this.meeting(w, n, e, s, this.columns.radius ? 2 * bounds.getSize().x : 20, scale);
      if (shape === "areas") for (const i of seen) this.area(ctx, i, scale, origin);
      else if (shape === "points") this.points(ctx, seen, scale, origin);
      else this.strokes(ctx, seen, scale, origin);
    },

    style: function (i) {
      return this.data.styles[this.columns.class[i]];
    },

    color: function (i) {
      return this.data.palette[this.columns.class[i]];
    },

    trace: function (ctx, i, scale, origin) {
      const close = this.data.shape === "areas";
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        for (let v = this.first[p]; v < this.first[p + 1]; v += 1) {
          const x = this.flat[2 * v] * scale - origin.x;
          const y = this.flat[2 * v + 1] * scale - origin.y;
          if (v === this.first[p]) ctx.moveTo(x, y);
          else ctx.lineTo(x, y);
        }
        if (close) ctx.closePath();
      }
    },

    area: function (ctx, i, scale, origin) {
      const style = this.style(i);
      const code = this.columns.class[i];
      if (!this.patterns.has(code)) {
        this.patterns.set(code, style.hatch ? gg.hatching(ctx, style.hatch, this.color(i)) : this.color(i));
      }
      ctx.beginPath();
      this.trace(ctx, i, scale, origin);
      ctx.globalAlpha = this.data.alpha * this.data.opacity;
      ctx.fillStyle = this.patterns.get(code);
      ctx.fill("evenodd");
      ctx.globalAlpha = 1;
      if (style.edge) this.edge(ctx, i, scale, origin);
      ctx.strokeStyle = style.edge ? this.color(i) : style.hatch ? INK : "#8b959b";
      ctx.lineWidth = style.width;
      ctx.setLineDash(style.dash ? [6, 4] : []);
      ctx.stroke();
    },

    // An edge stands out from what lies below it, and what is hardly larger than a pixel
    // becomes a dot: however far out, nothing that was found is lost from sight.
    edge: function (ctx, i, scale, origin) {
      const [w, n, e, s] = this.boxes.subarray(4 * i, 4 * i + 4);
      if (Math.max(e - w, s - n) * scale < SPECK) {
        ctx.beginPath();
        ctx.arc(((w + e) / 2) * scale - origin.x, ((n + s) / 2) * scale - origin.y, SPECK / 2, 0, 2 * Math.PI);
        ctx.fillStyle = this.color(i);
        ctx.fill();
      }
      ctx.strokeStyle = "rgba(255, 255, 255, .85)";
      ctx.lineWidth = this.style(i).width + 2;
      ctx.setLineDash([]);
      ctx.stroke();
    },

    // In runs of one class; short paths, since a browser slows down on long ones.
    strokes: function (ctx, seen, scale, origin) {
      const draw = function (color, more) {
        for (let at = 0; at < seen.length; ) {
          const code = this.columns.class[seen[at]];
          const style = this.data.styles[code];
          ctx.beginPath();
          for (let n = 0; n < 64 && at < seen.length && this.columns.class[seen[at]] === code; n += 1, at += 1) {
            this.trace(ctx, seen[at], scale, origin);
          }
          ctx.strokeStyle = color || this.data.palette[code];
          ctx.lineWidth = style.width + more;
          ctx.setLineDash(style.dash ? [9, 7] : []);
          ctx.stroke();
        }
      }.bind(this);
      ctx.globalAlpha = 0.85;
      draw("#fff", 2.5);
      ctx.globalAlpha = 1;
      draw(null, 0);
      ctx.setLineDash([]);
      if (this.data.shape === "tracks") for (const i of seen) this.direction(ctx, i, scale, origin);
    },

    // A ring at the start, a square at the end, and an arrow about every 90 px between.
    direction: function (ctx, i, scale, origin) {
      const flat = this.flat;
      const at = function (v) {
        return [flat[2 * v] * scale - origin.x, flat[2 * v + 1] * scale - origin.y];
      };
      ctx.fillStyle = this.color(i);
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        let run = 45;
        for (let v = this.first[p] + 1; v < this.first[p + 1]; v += 1) {
          const [x1, y1] = at(v - 1);
          const [x2, y2] = at(v);
          const length = Math.hypot(x2 - x1, y2 - y1);
          run += length;
          if (run < 90 || length < 4) continue;
          run = 0;
          const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
          const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
          ctx.beginPath();
          ctx.moveTo(mx + 7 * dx, my + 7 * dy);
          ctx.lineTo(mx - 5 * dx - 5 * dy, my - 5 * dy + 5 * dx);
          ctx.lineTo(mx - 5 * dx + 5 * dy, my - 5 * dy - 5 * dx);
          ctx.closePath();
          ctx.strokeStyle = "#fff";
          ctx.lineWidth = 1.5;
          ctx.stroke();
          ctx.fill();
        }
      }
      if (this.paths[i] === this.paths[i + 1]) return;
      for (const [v, name] of [[this.first[this.paths[i]], "circle"], [this.first[this.paths[i + 1]] - 1, "square"]]) {
        const [x, y] = at(v);
        gg.symbol(ctx, name, x, y, 4.5);
        ctx.fillStyle = name === "circle" ? "#fff" : this.color(i);
        ctx.fill();
        ctx.strokeStyle = INK;
        ctx.lineWidth = 1.5;
        ctx.stroke();
      }
    },

    points: function (ctx, seen, scale, origin) {
      const { columns, data } = this;
      if (columns.radius && !data.few) {
        for (const i of seen) {
          if (columns.radius[i] <= 0) continue;
          for (let v = this.first[this.paths[i]]; v < this.first[this.paths[i + 1]]; v += 1) {
            const [east, north] = gg.stretch(columns.y[v] / 1e6, scale);
            const meters = columns.radius[i] / 10;
            ctx.beginPath();
            ctx.ellipse(
              this.flat[2 * v] * scale - origin.x, this.flat[2 * v + 1] * scale - origin.y,
              meters * east, meters * north, 0, 0, 2 * Math.PI
            );
            ctx.fillStyle = this.color(i);
            ctx.globalAlpha = 0.09;
            ctx.fill();
            ctx.globalAlpha = 0.8;
            ctx.strokeStyle = this.color(i);
            ctx.lineWidth = 1.3;
            ctx.setLineDash(this.style(i).dash ? [6, 4] : []);
            ctx.stroke();
            ctx.globalAlpha = 1;
          }
        }
      }
      ctx.setLineDash([]);
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      for (const i of seen) {
        for (let v = this.first[this.paths[i]]; v < this.first[this.paths[i + 1]]; v += 1) {
          const x = this.flat[2 * v] * scale - origin.x;
          const y = this.flat[2 * v + 1] * scale - origin.y;
          gg.symbol(ctx, this.style(i).symbol, x, y, this.radius);
          ctx.strokeStyle = "#fff";
          ctx.lineWidth = 3.5;
          ctx.stroke();
          ctx.fillStyle = this.color(i);
          ctx.fill();
          ctx.strokeStyle = INK;
          ctx.lineWidth = this.style(i).width;
          ctx.stroke();
          const number = data.numbers && columns.number[i] >= 0 ? data.numbers[columns.number[i]] : "";
          if (number) {
            ctx.font = "600 " + (number.length > 2 ? 9 : 12) + "px Arial, sans-serif";
            ctx.fillStyle = gg.inkOn(this.color(i));
            ctx.fillText(number.slice(0, 4), x, y + 0.5);
          }
        }
      }
    },

    mark: function (found) {
      if (this.ring) this.ring.remove();
      this.ring = null;
      if (!found || !this._map) return;
      const lines = this.outline(found.key);
      const { shape } = this.data;
      const look = { interactive: false, fill: false, color: INK, weight: 2.5, smoothFactor: 0 };
      if (this.data.above) look.pane = "gg-top";
      if (shape === "areas") this.ring = L.polygon(lines, look);
      else if (shape === "points") {
        look.pane = "gg-top";
        look.radius = this.radius + 5;
        this.ring = L.layerGroup(
          lines.map(function (line) {
            return L.circleMarker(line[0], look);
          })
        );
        // Of many circles that would cover the map, the one that is asked about.
        if (this.columns.radius && this.data.few) {
          const halo = Object.assign({}, look, { color: "#fff", weight: 6, opacity: 0.8 });
          for (const circle of this.circles(found.key)) {
            this.ring.addLayer(L.polygon(circle, halo)).addLayer(L.polygon(circle, look));
          }
        }
      } else {
        look.weight = this.style(found.key).width + 5;
        look.opacity = 0.45;
        this.ring = L.polyline(lines, look);
      }
      this.ring.addTo(this._map);
    },

    title: function (i) {
      const { columns, data } = this;
      if (data.titles && columns.title[i] >= 0) return data.titles[columns.title[i]];
      return data.classes[columns.class[i]];
    },

    // A classless title stands in the heading; a line of kind "class" shows swatch and name.
    tell: function (found) {
      const { columns, data } = this;
      const i = found.key;
      const content = document.createDocumentFragment();
      content.appendChild(gg.node("h2", "", this.title(i)));
      if (data.subtitles && columns.subtitle[i] >= 0) {
        content.appendChild(gg.node("p", "gg-sub", data.subtitles[columns.subtitle[i]]));
      }
      const rows = [];
      for (const line of data.lines) {
        if (line.kind === "class") {
          const code = columns.class[i];
          const mark = { areas: "fill", points: "symbol" }[data.shape] || "stroke";
          rows.push([line.heading, data.classes[code], gg.swatch(mark, data.palette[code], data.styles[code])]);
        } else {
          const code = columns[line.column][i];
          if (code >= 0) rows.push([line.heading, line.names[code]]);
        }
      }
      content.appendChild(gg.rowsOf(rows));
      return content;
    },

    // What a search finds: every shape that has a title of its own.
    seek: function (wanted) {
      const { columns, data } = this;
      const hits = [];
      for (let i = 0; data.titles && i < this.count; i += 1) {
        const text = columns.title[i] < 0 ? "" : data.titles[columns.title[i]];
        if (this.paths[i] === this.paths[i + 1] || !gg.matches(text, wanted)) continue;
        const bounds = L.latLngBounds([]);
        for (const line of this.outline(i)) bounds.extend(line);
        const label = data.shape === "areas" ? this.inner(i) : this.outline(i)[0][0];
        hits.push({ text: text, note: data.classes[columns.class[i]], layer: this, found: { key: i }, latlng: L.latLng(label), bounds: bounds });
      }
      return hits;
    },
  });

  gg.kinds.shapes = function (data, columns, map) {
    return new gg.Shapes(data, columns, map);
  };
})();
