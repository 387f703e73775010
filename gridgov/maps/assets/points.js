// Incidents on one canvas: dots, or circles with a number where too many would overlap.
(function () {
  "use strict";
  const gg = window.gridgov;
  const SPACING = 64;
  const LISTED = 3;
  const LISTED_PINNED = 40;

  gg.Points = gg.Canvas.extend({
    initialize: function (data, columns) {
      gg.Canvas.prototype.initialize.call(this);
      this.data = data;
      this.columns = columns;
      this.count = columns.x.length;
    },

    prepare: function (map) {
      // Outlines below the dots, and names below the circles, whose numbers they would cross.
      map.getPane("gg-streets").style.zIndex = 350;
      if (!this.flat) this.flat = this.flatten(map, this.columns.x, this.columns.y, this.data.unit);
    },

    paint: function (ctx, bounds, scale, origin) {
      const seen = [];
      const at = new Float64Array(2 * this.count);
      for (let i = 0; i < this.count; i += 1) {
        const x = this.flat[2 * i] * scale - origin.x;
        const y = this.flat[2 * i + 1] * scale - origin.y;
        at[2 * i] = x;
        at[2 * i + 1] = y;
        if (x >= bounds.min.x && x <= bounds.max.x && y >= bounds.min.y && y <= bounds.max.y) seen.push(i);
      }
      const grouped = seen.length > this.data.group_above && this._map.getZoom() < 17;
      // Bins hang on the world and not on the window, so that panning regroups nothing.
      const step = grouped ? SPACING : 12;
      this.bins = new Map();
      for (const i of seen) {
        const x = Math.floor((at[2 * i] + origin.x) / step);
        const y = Math.floor((at[2 * i + 1] + origin.y) / step);
        const key = x + "," + y;
        if (!this.bins.has(key)) this.bins.set(key, { key: key, x: x, y: y, members: [] });
        this.bins.get(key).members.push(i);
      }
      this.at = at;
      this.step = step;
      this.grouped = grouped;
      this._map.getPane("gg-labels").style.zIndex = grouped ? 351 : 460;
      this.radius = this._map.getZoom() >= 15 ? 6 : 4.5;
      if (!grouped) {
        for (const i of seen) this.dot(ctx, i);
        return;
      }
      this.circles = [];
      this.bins.forEach(function (bin) {
        const n = bin.members.length;
        if (n === 1) {
          this.dot(ctx, bin.members[0]);
          this.circles.push({ key: bin.key, x: at[2 * bin.members[0]], y: at[2 * bin.members[0] + 1], r: 8, members: bin.members });
          return;
        }
        // At the middle of its points, but never beyond its bin: circles do not overlap.
        const r = Math.min(26, 11 + 2.6 * Math.log2(n));
        const room = SPACING / 2 - r;
        const middle = [bin.x, bin.y].map(function (place, axis) {
          let sum = 0;
          for (const i of bin.members) sum += at[2 * i + axis];
          const center = (place + 0.5) * SPACING - (axis ? origin.y : origin.x);
          return center + Math.max(-room, Math.min(room, sum / n - center));
        });
        this.circles.push({ key: bin.key, x: middle[0], y: middle[1], r: r, members: bin.members });
        this.circle(ctx, middle, r, bin.members);
      }, this);
    },

    dot: function (ctx, i) {
      ctx.beginPath();
      ctx.arc(this.at[2 * i], this.at[2 * i + 1], this.radius, 0, 2 * Math.PI);
      ctx.fillStyle = this.data.palette[this.columns.color[i]];
      ctx.globalAlpha = 0.9;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = "#fff";
      ctx.lineWidth = 1;
      ctx.stroke();
    },

    // A ring in the colors of its incidents around their number.
    circle: function (ctx, middle, r, members) {
      const counts = this.data.palette.map(function () {
        return 0;
      });
      for (const i of members) counts[this.columns.color[i]] += 1;
      ctx.beginPath();
      ctx.arc(middle[0], middle[1], r, 0, 2 * Math.PI);
      ctx.fillStyle = "#fff";
      ctx.fill();
      let from = -Math.PI / 2;
      counts.forEach(function (count, color) {
        if (!count) return;
        const to = from + (2 * Math.PI * count) / members.length;
        ctx.beginPath();
        ctx.arc(middle[0], middle[1], r - 2.5, from, to);
        ctx.strokeStyle = this.data.palette[color];
        ctx.lineWidth = 5;
        ctx.stroke();
        from = to;
      }, this);
      const n = members.length;
      const text = n < 10000 ? String(n) : Math.round(n / 1000) + "k";
      ctx.fillStyle = "#22292f";
      ctx.font = "600 " + (text.length > 3 ? 11.5 : 12.5) + "px Arial, sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(text, middle[0], middle[1] + 0.5);
    },

    find: function (latlng) {
      const here = this._map.latLngToLayerPoint(latlng);
      if (this.grouped) {
        for (const circle of this.circles) {
          if (Math.hypot(circle.x - here.x, circle.y - here.y) <= circle.r + 1) return circle;
        }
        return null;
      }
      const origin = this._map.getPixelOrigin();
      const x = Math.floor((here.x + origin.x) / this.step);
      const y = Math.floor((here.y + origin.y) / this.step);
      const near = [];
      for (let dx = -1; dx <= 1; dx += 1) {
        for (let dy = -1; dy <= 1; dy += 1) {
          const bin = this.bins.get(x + dx + "," + (y + dy));
          for (const i of bin ? bin.members : []) {
            const away = Math.hypot(this.at[2 * i] - here.x, this.at[2 * i + 1] - here.y);
            if (away <= this.radius + 2) near.push([away, -i, i]);
          }
        }
      }
      // The nearest first; of several at one place the one that was painted last.
      near.sort(function (a, b) {
        return a[0] - b[0] || a[1] - b[1];
      });
      const members = near.map(function (one) {
        return one[2];
      });
      return members.length ? { key: members.join(","), members: members } : null;
    },

    mark: function (found) {
      if (this.ring) this.ring.remove();
      this.ring = null;
      if (!found || !this._map) return;
      const first = found.members[0];
      const point = found.r ? L.point(found.x, found.y) : L.point(this.at[2 * first], this.at[2 * first + 1]);
      this.ring = L.circleMarker(this._map.layerPointToLatLng(point), {
        interactive: false,
        fill: false,
        color: "#16202a",
        weight: 2,
        radius: (found.r || this.radius) + 2,
      });
      this.ring.addTo(this._map);
    },

    tell: function (found, pinned) {
      const words = this.data.words;
      const content = document.createDocumentFragment();
      const n = found.members.length;
      if (n > 1) {
        content.appendChild(gg.node("h2", "", words.many_here.replace("#", gg.grouped(n))));
        if (this.grouped) content.appendChild(gg.node("p", "gg-sub", words.zoom_in));
      }
      if (this.grouped && n > 1) {
        content.appendChild(this.summary(found.members));
        return content;
      }
      const listed = found.members.slice(0, pinned ? LISTED_PINNED : LISTED);
      for (const i of listed) {
        content.appendChild(gg.node(n > 1 ? "p" : "h2", n > 1 ? "gg-item" : "", this.category(i)));
        content.appendChild(this.details(i));
      }
      if (n > listed.length) {
        const more = (pinned ? words.more : words.more_click).replace("#", gg.grouped(n - listed.length));
        content.appendChild(gg.node("p", "gg-more", more));
      }
      return content;
    },

    category: function (i) {
      const code = this.columns.category[i];
      return code < 0 ? this.data.words.no_category : this.data.categories[code];
    },

    summary: function (members) {
      const counts = new Map();
      for (const i of members) counts.set(this.columns.color[i], (counts.get(this.columns.color[i]) || 0) + 1);
      const sorted = Array.from(counts).sort(function (a, b) {
        return b[1] - a[1];
      });
      return gg.rowsOf(
        sorted.map(function (pair) {
          return [this.data.colors[pair[0]], gg.grouped(pair[1]), gg.swatch("dot", this.data.palette[pair[0]])];
        }, this)
      );
    },

    details: function (i) {
      const rows = [];
      const minutes = this.columns.minutes[i];
      if (minutes !== gg.MISSING) {
        const time = new Date(minutes * 60000).toISOString().slice(0, this.data.days_only ? 10 : 16);
        rows.push([this.data.words.reported_at, time.replace("T", " ")]);
      }
      const street = this.columns.street[i];
      if (street >= 0) rows.push([this.data.words.street, this.data.street_names[street]]);
      this.data.fields.forEach(function (field, number) {
        const code = this.columns["field_" + number][i];
        if (code >= 0) rows.push([field.heading, field.values[code]]);
      }, this);
      return gg.rowsOf(rows);
    },
  });

  gg.kinds.points = function (data, columns) {
    return new gg.Points(data, columns);
  };
})();
