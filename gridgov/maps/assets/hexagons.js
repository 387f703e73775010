// Outlines of H3 cells from their ids, exact everywhere; see cell_packing.py. A cell's digits
// give lattice coordinates (i, j) in the frame of its base cell, and on one face of the
// icosahedron its center is i * A + j * B + C. What lies across an edge of a face, and
// pentagons, have their outlines in the file.
(function () {
  "use strict";
  const gg = window.gridgov;
  const STEP_I = [0, -1, 0, -1, 1, 0, 1, 0];
  const STEP_J = [0, -1, 1, 0, 0, -1, 1, 0];
  const CORNER_I = [2 / 3, 1 / 3, -1 / 3, -2 / 3, -1 / 3, 1 / 3];
  const CORNER_J = [1 / 3, 2 / 3, 1 / 3, -1 / 3, -2 / 3, -1 / 3];
  const LOW = 16777216;

  // Lattice coordinates from the digits, the coarsest first. Octal digits above the eighth
  // stand in the high part: shifts cut numbers at 32 bits.
  function latticeOf(places, resolutions) {
    const i = new Int32Array(places.length);
    const j = new Int32Array(places.length);
    let cell = 0;
    for (const [resolution, count] of resolutions) {
      for (const end = cell + count; cell < end; cell += 1) {
        const high = Math.floor(places[cell] / LOW);
        const low = places[cell] - high * LOW;
        let a = 0;
        let b = 0;
        for (let level = 1; level <= resolution; level += 1) {
          const at = resolution - level;
          const digit = (at < 8 ? low >> (3 * at) : high >> (3 * at - 24)) & 7;
          const c = level % 2 ? 2 * a + b : 3 * a - b;
          b = level % 2 ? 3 * b - a : a + 2 * b;
          a = c + STEP_I[digit];
          b += STEP_J[digit];
        }
        i[cell] = a;
        j[cell] = b;
      }
    }
    return [i, j];
  }

  // Points of zoom 0 for vectors of any length, as Leaflet projects them.
  function projectionOf(map) {
    const crs = map.options.crs;
    const plain = crs === L.CRS.EPSG3857;
    return function (x, y, z, flat, at) {
      const length = Math.sqrt(x * x + y * y + z * z);
      const turn = Math.atan2(y, x);
      if (plain) {
        const up = (128 / (2 * Math.PI)) * Math.log((length + z) / (length - z));
        flat[at] = 128 + (128 / Math.PI) * turn;
        flat[at + 1] = 128 - Math.max(-128, Math.min(128, up));
        return;
      }
      const degree = 180 / Math.PI;
      const point = crs.latLngToPoint(L.latLng(Math.asin(z / length) * degree, turn * degree), 0);
      flat[at] = point.x;
      flat[at + 1] = point.y;
    };
  }

  // `first[i]` to `first[i + 1]` are the vertices of cell i in `flat`, x and y by turns;
  // `boxes` has west, north, east and south of every cell.
  gg.hexagons = function (data, columns, map) {
    const count = columns.place.length;
    const frame = columns.frame;
    const sizes = columns.outline_sizes;
    const first = new Uint32Array(count + 1);
    for (let i = 0, outline = 0; i < count; i += 1) {
      let size = 6;
      if (!frame[i]) {
        size = sizes[outline];
        outline += 1;
      }
      first[i + 1] = first[i] + size;
    }
    const flat = new Float64Array(2 * first[count]);
    const crs = map.options.crs;
    const around = crs.latLngToPoint(L.latLng(0, 360), 0).x - crs.latLngToPoint(L.latLng(0, 0), 0).x;
    const middle = crs.latLngToPoint(L.latLng(0, 0), 0).x;
    const project = projectionOf(map);
    const steps = data.frames.map(function (v) {
      return CORNER_I.map(function (c, k) {
        return [0, 1, 2].map(function (axis) {
          return c * v[axis] + CORNER_J[k] * v[3 + axis];
        });
      });
    });
    const [a, b] = latticeOf(columns.place, data.resolutions);
    const boxes = new Float64Array(4 * count);
    let widest = 0;
    let vertex = 0;
    for (let cell = 0; cell < count; cell += 1) {
      const from = 2 * first[cell];
      const to = 2 * first[cell + 1];
      if (frame[cell]) {
        const v = data.frames[frame[cell] - 1];
        const corners = steps[frame[cell] - 1];
        const x = a[cell] * v[0] + b[cell] * v[3] + v[6];
        const y = a[cell] * v[1] + b[cell] * v[4] + v[7];
        const z = a[cell] * v[2] + b[cell] * v[5] + v[8];
        for (let k = 0; k < 6; k += 1) {
          project(x + corners[k][0], y + corners[k][1], z + corners[k][2], flat, from + 2 * k);
        }
      } else {
        for (let at = from; at < to; at += 2, vertex += 1) {
          const latlng = L.latLng(columns.outline_y[vertex] / data.unit, columns.outline_x[vertex] / data.unit);
          const point = crs.latLngToPoint(latlng, 0);
          flat[at] = point.x;
          flat[at + 1] = point.y;
        }
      }
      let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let at = from; at < to; at += 2) {
        // A cell across the antimeridian stays in one piece, and so does a table there.
        if (at > from && Math.abs(flat[at] - flat[from]) > around / 2) {
          flat[at] += flat[at] < flat[from] ? around : -around;
        } else if (at === from && data.turned && flat[at] < middle) {
          flat[at] += around;
        }
        if (flat[at] < w) w = flat[at];
        if (flat[at] > e) e = flat[at];
        if (flat[at + 1] < n) n = flat[at + 1];
        if (flat[at + 1] > s) s = flat[at + 1];
      }
      boxes[4 * cell] = w;
      boxes[4 * cell + 1] = n;
      boxes[4 * cell + 2] = e;
      boxes[4 * cell + 3] = s;
      widest = Math.max(widest, e - w, s - n);
    }
    return { first: first, flat: flat, boxes: boxes, widest: widest || 1, around: around };
  };

  // Cells by the buckets that their middles lie in. A bucket is as wide as the widest cell,
  // so that a cell over a place has its middle in one of nine.
  gg.buckets = function (shapes) {
    const { boxes, widest } = shapes;
    const count = boxes.length / 4;
    let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
    const middles = new Float64Array(2 * count);
    for (let i = 0; i < count; i += 1) {
      const x = (boxes[4 * i] + boxes[4 * i + 2]) / 2;
      const y = (boxes[4 * i + 1] + boxes[4 * i + 3]) / 2;
      middles[2 * i] = x;
      middles[2 * i + 1] = y;
      w = Math.min(w, x);
      e = Math.max(e, x);
      n = Math.min(n, y);
      s = Math.max(s, y);
    }
    // Two far districts on one map: not more buckets than a few a cell.
    const size = Math.max(widest, Math.sqrt(((e - w) * (s - n)) / (4 * count + 16)));
    const across = Math.floor((e - w) / size) + 1;
    const down = Math.floor((s - n) / size) + 1;
    const starts = new Uint32Array(across * down + 1);
    const bucketOf = function (i) {
      return Math.floor((middles[2 * i + 1] - n) / size) * across + Math.floor((middles[2 * i] - w) / size);
    };
    for (let i = 0; i < count; i += 1) starts[bucketOf(i) + 1] += 1;
    for (let k = 0; k < across * down; k += 1) starts[k + 1] += starts[k];
    const members = new Uint32Array(count);
    const next = starts.slice();
    for (let i = 0; i < count; i += 1) {
      const bucket = bucketOf(i);
      members[next[bucket]] = i;
      next[bucket] += 1;
    }
    return {
      middles: middles,
      // The cells that may lie over a place.
      near: function (x, y) {
        const found = [];
        const column = Math.floor((x - w) / size);
        const row = Math.floor((y - n) / size);
        for (let r = Math.max(0, row - 1); r <= Math.min(down - 1, row + 1); r += 1) {
          for (let c = Math.max(0, column - 1); c <= Math.min(across - 1, column + 1); c += 1) {
            for (let k = starts[r * across + c]; k < starts[r * across + c + 1]; k += 1) found.push(members[k]);
          }
        }
        return found;
      },
    };
  };
})();
