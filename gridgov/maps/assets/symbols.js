// Hatchings and symbols, on the map and in the legend.
(function () {
  "use strict";
  const gg = window.gridgov;
  const INK = "#16202a";

  // Patterns are tiles of 8 px; the color of the class lies below.
  gg.hatching = function (ctx, name, color) {
    const tile = document.createElement("canvas");
    tile.width = 8;
    tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = color;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "rgba(22, 32, 42, .62)";
    pen.fillStyle = "rgba(22, 32, 42, .62)";
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      if (name === "forward" || name === "crossed") {
        pen.moveTo(shift, 8);
        pen.lineTo(shift + 8, 0);
      }
      if (name === "backward" || name === "crossed") {
        pen.moveTo(shift, 0);
        pen.lineTo(shift + 8, 8);
      }
    }
    pen.stroke();
    if (name === "dots") {
      pen.beginPath();
      pen.arc(4, 4, 1.5, 0, 2 * Math.PI);
      pen.fill();
    }
    return ctx.createPattern(tile, "repeat");
  };

  const CORNERS = {
    square: [[-0.84, -0.84], [0.84, -0.84], [0.84, 0.84], [-0.84, 0.84]],
    triangle: [[0, -1.12], [1.06, 0.76], [-1.06, 0.76]],
    diamond: [[0, -1.22], [1.22, 0], [0, 1.22], [-1.22, 0]],
    star: Array.from({ length: 10 }, function (_, i) {
      const r = i % 2 ? 0.56 : 1.3;
      return [r * Math.sin((i * Math.PI) / 5), -r * Math.cos((i * Math.PI) / 5)];
    }),
    cross: [
      [-0.38, -1.1], [0.38, -1.1], [0.38, -0.38], [1.1, -0.38], [1.1, 0.38], [0.38, 0.38],
      [0.38, 1.1], [-0.38, 1.1], [-0.38, 0.38], [-1.1, 0.38], [-1.1, -0.38], [-0.38, -0.38],
    ],
  };

  gg.symbol = function (ctx, name, x, y, r) {
    ctx.beginPath();
    const corners = CORNERS[name];
    if (!corners) ctx.arc(x, y, r, 0, 2 * Math.PI);
    else {
      corners.forEach(function (corner, i) {
        if (i) ctx.lineTo(x + r * corner[0], y + r * corner[1]);
        else ctx.moveTo(x + r * corner[0], y + r * corner[1]);
      });
      ctx.closePath();
    }
  };

  // The swatch of a legend or card, painted as the map paints it.
  gg.paintSwatch = function (canvas, kind, color, look) {
    const [w, h] = kind === "stroke" ? [26, 14] : kind === "symbol" ? [18, 18] : [18, 14];
    canvas.width = 3 * w;
    canvas.height = 3 * h;
    canvas.style.width = w + "px";
    canvas.style.height = h + "px";
    const ctx = canvas.getContext("2d");
    ctx.scale(3, 3);
    if (kind === "symbol") {
      gg.symbol(ctx, look.symbol, w / 2, h / 2, 6);
      ctx.fillStyle = color;
      ctx.fill();
      ctx.strokeStyle = INK;
      ctx.lineWidth = 1;
      ctx.stroke();
    } else if (kind === "stroke") {
      ctx.strokeStyle = color;
      ctx.lineWidth = Math.min(look.width, 8);
      ctx.setLineDash(look.dash ? [6, 4] : []);
      ctx.beginPath();
      ctx.moveTo(0, h / 2);
      ctx.lineTo(w, h / 2);
      ctx.stroke();
    } else {
      ctx.fillStyle = gg.hatching(ctx, look.hatch, color);
      ctx.fillRect(0, 0, w, h);
    }
  };
})();
