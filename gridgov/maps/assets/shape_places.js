// Where shapes are: what lies at a place, corners of outlines and circles, a place inside.
(function () {
  "use strict";
  const gg = window.gridgov;
  const NEAR = 6;
  const EDGE_NEAR = 4;

  // Pixels for a meter east and north at a latitude: Web Mercator stretches the ellipsoid
  // unlike in both, so that a circle on the ground is not quite one on the screen.
  gg.stretch = function (latitude, scale) {
    const a = 6378137;
    const e2 = 0.0066943799901413165;
    const phi = (latitude * Math.PI) / 180;
    const root = 1 - e2 * Math.sin(phi) ** 2;
    const pixel = (256 * scale) / (2 * Math.PI * a * Math.cos(phi));
    return [pixel * Math.sqrt(root), (pixel * root ** 1.5) / (1 - e2)];
  };

  gg.Places = {
    find: function (latlng) {
      if (!this.flat || !this._map || this.data.silent) return null;
      const scale = this.scale();
      const point = this._map.options.crs.latLngToPoint(latlng, 0);
      const { shape } = this.data;
      const room = shape === "areas" ? EDGE_NEAR : shape === "points" ? this.radius + 3 : NEAR;
      const near = this.meeting(point.x, point.y, point.x, point.y, room, scale);
      if (shape === "areas") {
        for (const i of near.reverse()) {
          if (this.holds(i, point)) return { key: i };
          if (this.style(i).edge && this.away(i, point) <= room / scale) return { key: i };
        }
        return null;
      }
      // The nearest; of several as near the one that was painted last.
      let [best, least] = [-1, room / scale];
      for (const i of near) {
        const away = this.away(i, point);
        if (away <= least) [best, least] = [i, away];
      }
      return best < 0 ? null : { key: best };
    },

    holds: function (i, point) {
      let inside = false;
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        for (let v = this.first[p], u = this.first[p + 1] - 1; v < this.first[p + 1]; u = v, v += 1) {
          const [x1, y1, x2, y2] = [this.flat[2 * v], this.flat[2 * v + 1], this.flat[2 * u], this.flat[2 * u + 1]];
          if (y1 > point.y !== y2 > point.y && point.x < ((x2 - x1) * (point.y - y1)) / (y2 - y1) + x1) {
            inside = !inside;
          }
        }
      }
      return inside;
    },

    away: function (i, point) {
      let least = Infinity;
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        for (let v = this.first[p]; v < this.first[p + 1]; v += 1) {
          // The outline of an area closes where it began.
          const start = this.data.shape === "areas" ? this.first[p + 1] - 1 : v;
          const u = v === this.first[p] ? start : v - 1;
          const [x1, y1, x2, y2] = [this.flat[2 * u], this.flat[2 * u + 1], this.flat[2 * v], this.flat[2 * v + 1]];
          const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
          const t = length ? Math.max(0, Math.min(1, ((point.x - x1) * (x2 - x1) + (point.y - y1) * (y2 - y1)) / length)) : 0;
          least = Math.min(least, Math.hypot(x1 + t * (x2 - x1) - point.x, y1 + t * (y2 - y1) - point.y));
        }
      }
      return least;
    },

    // The circles of a shape as corners, a turn of 5 degrees each.
    circles: function (i) {
      const meters = this.columns.radius[i] / 10;
      const circles = [];
      for (let v = this.first[this.paths[i]]; v < this.first[this.paths[i + 1]] && meters > 0; v += 1) {
        const [east, north] = gg.stretch(this.columns.y[v] / 1e6, 1);
        const corners = [];
        for (let turn = 0; turn < 72; turn += 1) {
          const angle = (turn * Math.PI) / 36;
          const x = this.flat[2 * v] + meters * east * Math.sin(angle);
          const y = this.flat[2 * v + 1] + meters * north * Math.cos(angle);
          corners.push(this._map.options.crs.pointToLatLng(L.point(x, y), 0));
        }
        circles.push(corners);
      }
      return circles;
    },

    outline: function (i) {
      const { columns } = this;
      const lines = [];
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        const line = [];
        for (let v = this.first[p]; v < this.first[p + 1]; v += 1) line.push([columns.y[v] / 1e6, columns.x[v] / 1e6]);
        lines.push(line);
      }
      return lines;
    },

    // A place inside an area: the middle of the longest run on the line through its middle.
    inner: function (i) {
      const [w, n, e, s] = this.boxes.subarray(4 * i, 4 * i + 4);
      const y = (n + s) / 2 + (s - n) * 1e-7;
      const cuts = [];
      for (let p = this.paths[i]; p < this.paths[i + 1]; p += 1) {
        for (let v = this.first[p], u = this.first[p + 1] - 1; v < this.first[p + 1]; u = v, v += 1) {
          const [x1, y1, x2, y2] = [this.flat[2 * v], this.flat[2 * v + 1], this.flat[2 * u], this.flat[2 * u + 1]];
          if (y1 > y !== y2 > y) cuts.push(((x2 - x1) * (y - y1)) / (y2 - y1) + x1);
        }
      }
      cuts.sort(function (a, b) {
        return a - b;
      });
      let [x, widest] = [(w + e) / 2, 0];
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        if (cuts[k + 1] - cuts[k] > widest) [x, widest] = [(cuts[k] + cuts[k + 1]) / 2, cuts[k + 1] - cuts[k]];
      }
      return this._map.options.crs.pointToLatLng(L.point(x, y), 0);
    },
  };
})();
