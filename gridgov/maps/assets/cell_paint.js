// How cells are painted: pixel by pixel where they are small or many, as paths where they are
// large and few.
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

  gg.Cells.include({
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
  });
})();
