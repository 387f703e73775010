// What the layers share: the outlines and names of streets, and a canvas to paint on.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  gg.kinds.streets = function (data, columns, map) {
    const group = L.layerGroup();
    const line = { interactive: false, fill: false, color: "#55626d", weight: 1.4, opacity: 0.85, smoothFactor: 0, pane: "gg-streets" };
    let vertex = 0;
    for (const size of columns.street_ring_sizes) {
      const ring = [];
      for (let i = 0; i < size; i += 1, vertex += 1) {
        ring.push([columns.street_y[vertex] / 1e6, columns.street_x[vertex] / 1e6]);
      }
      group.addLayer(L.polygon(ring, line));
    }
    const labels = data.labels.map(function (text, i) {
      const span = node("span", "", text);
      const holder = node("div");
      holder.appendChild(span);
      const marker = L.marker([columns.label_y[i] / 1e6, columns.label_x[i] / 1e6], {
        icon: L.divIcon({ className: "gg-label", html: holder, iconSize: null }),
        interactive: false,
        keyboard: false,
        pane: "gg-labels",
      });
      group.addLayer(marker);
      return { marker: marker, span: span };
    });

    // Larger streets come first in the list; a name that would touch one already placed
    // waits for a closer look.
    function arrange() {
      if (!map.hasLayer(group)) return;
      const placed = [];
      for (const { marker, span } of labels) {
        const at = map.latLngToLayerPoint(marker.getLatLng());
        const w = span.offsetWidth / 2 + 3;
        const h = span.offsetHeight / 2 + 1;
        const free = placed.every(function (b) {
          return Math.abs(at.x - b.x) > w + b.w || Math.abs(at.y - b.y) > h + b.h;
        });
        if (free) placed.push({ x: at.x, y: at.y, w: w, h: h });
        const icon = marker.getElement();
        if (icon) icon.classList.toggle("gg-hidden", !free);
      }
    }
    map.on("zoomend viewreset resize", arrange);
    group.on("add", arrange);
    if (document.fonts && document.fonts.ready) document.fonts.ready.then(arrange);
    return group;
  };

  // A canvas that pans and zooms with the map; its heirs say what to paint on it. Places
  // are kept as points of zoom 0, so that a redraw is one multiplication a vertex.
  gg.Canvas = L.Renderer.extend({
    initialize: function () {
      L.Renderer.prototype.initialize.call(this, { padding: 0.25 });
    },
    _initContainer: function () {
      this._container = node("canvas", "gg-canvas");
      this._ctx = this._container.getContext("2d");
      this.prepare(this._map);
    },
    _destroyContainer: function () {
      this._container.remove();
      delete this._ctx;
      delete this._container;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const ratio = L.Browser.retina ? 2 : 1;
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = ratio * size.x;
      this._container.height = ratio * size.y;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      this._ctx.scale(ratio, ratio);
      this._ctx.translate(-this._bounds.min.x, -this._bounds.min.y);
      this.paint(this._ctx, this._bounds, this.scale(), this._map.getPixelOrigin());
      this.fire("update");
    },
    scale: function () {
      const crs = this._map.options.crs;
      return crs.scale(this._map.getZoom()) / crs.scale(0);
    },
    flatten: function (map, xs, ys, unit) {
      const flat = new Float64Array(2 * xs.length);
      const crs = map.options.crs;
      for (let i = 0; i < xs.length; i += 1) {
        const point = crs.latLngToPoint(L.latLng(ys[i] / unit, xs[i] / unit), 0);
        flat[2 * i] = point.x;
        flat[2 * i + 1] = point.y;
      }
      return flat;
    },
  });
})();
