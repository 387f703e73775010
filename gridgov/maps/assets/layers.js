// What the layers share: the outlines and names of streets, and a canvas to paint on.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  // The names on a map in one list, however many layers write some: the first that find a
  // free place are shown, the others wait for a closer look. Streets come before facilities,
  // and within a layer the order is the layer's own.
  const OFFSETS = [
    [1, 0],
    [-1, 0],
    [0, -1],
    [0, 1],
  ];

  function Names(map) {
    this.map = map;
    this.all = [];
    const again = this.arrange.bind(this);
    map.on("zoomend viewreset resize", again);
    if (document.fonts && document.fonts.ready) document.fonts.ready.then(again);
  }

  Names.prototype.add = function (layer, labels, rank) {
    const names = this;
    for (const label of labels) this.all.push({ layer: layer, rank: rank, label: label });
    this.all.sort(function (a, b) {
      return a.rank - b.rank;
    });
    layer.on("add remove", function () {
      for (const label of labels) {
        if (names.map.hasLayer(layer)) label.marker.addTo(names.map);
        else label.marker.remove();
      }
      names.arrange();
    });
  };

  Names.prototype.arrange = function () {
    const map = this.map;
    const placed = [];
    const shown = this.all.filter(function (one) {
      return map.hasLayer(one.layer) && map.hasLayer(one.label.marker);
    });
    // All sizes are read before anything is moved: one layout of the page and not one a name.
    const sizes = shown.map(function (one) {
      return [one.label.span.offsetWidth / 2 + 3, one.label.span.offsetHeight / 2 + 1];
    });
    function free(x, y, w, h) {
      return placed.every(function (b) {
        return Math.abs(x - b.x) > w + b.w || Math.abs(y - b.y) > h + b.h;
      });
    }
    const places = shown.map(function (one) {
      return map.latLngToLayerPoint(one.label.marker.getLatLng());
    });
    // Streets keep their names; no other name lies over a point that has one.
    let reserved = false;
    function reserve() {
      reserved = true;
      shown.forEach(function (one, i) {
        const room = one.label.away - 2;
        if (room > 0) placed.push({ x: places[i].x, y: places[i].y, w: room, h: room });
      });
    }
    shown.forEach(function (one, i) {
      if (one.rank && !reserved) reserve();
      const at = places[i];
      const [w, h] = sizes[i];
      const away = one.label.away;
      const moves = away ? OFFSETS : [[0, 0]];
      const found = moves.find(function (move) {
        return free(at.x + move[0] * (w + away), at.y + move[1] * (h + away), w, h);
      });
      if (found) {
        const x = found[0] * (w + away);
        const y = found[1] * (h + away);
        placed.push({ x: at.x + x, y: at.y + y, w: w, h: h });
        one.label.span.style.left = x + "px";
        one.label.span.style.top = y + "px";
      }
      const icon = one.label.marker.getElement();
      if (icon) icon.classList.toggle("gg-hidden", !found);
    });
  };

  gg.names = function (map) {
    if (!map.ggNames) map.ggNames = new Names(map);
    return map.ggNames;
  };

  // One marker a name; `away` keeps a name beside its point instead of upon it.
  gg.labelsOf = function (data, columns, away) {
    return data.labels.map(function (text, i) {
      const span = node("span", "", text);
      const holder = node("div");
      holder.appendChild(span);
      const marker = L.marker([columns.label_y[i] / 1e6, columns.label_x[i] / 1e6], {
        icon: L.divIcon({ className: away ? "gg-label gg-beside" : "gg-label", html: holder, iconSize: null }),
        interactive: false,
        keyboard: false,
        pane: "gg-labels",
      });
      return { text: text, marker: marker, span: span, away: away || 0 };
    });
  };

  gg.kinds.streets = function (data, columns, map) {
    const group = L.layerGroup();
    const line = { interactive: false, fill: false, color: "#55626d", weight: 1.4, opacity: 0.85, smoothFactor: 0, pane: "gg-streets" };
    const owned = data.labels.map(function () {
      return [];
    });
    let vertex = 0;
    columns.street_ring_sizes.forEach(function (size, place) {
      const ring = [];
      for (let i = 0; i < size; i += 1, vertex += 1) {
        ring.push([columns.street_y[vertex] / 1e6, columns.street_x[vertex] / 1e6]);
      }
      group.addLayer(L.polygon(ring, line));
      const owner = columns.street_ring_owner[place];
      if (owned[owner]) owned[owner].push(ring);
    });
    const labels = gg.labelsOf(data, columns);
    gg.names(map).add(group, labels, 0);

    // Streets do not answer the pointer, but a search finds and shows them.
    let ring = null;
    group.seek = function (wanted) {
      const hits = [];
      labels.forEach(function (label, i) {
        if (!gg.matches(label.text, wanted)) return;
        const bounds = L.latLngBounds(owned[i].flat());
        hits.push({ outline: true, text: label.text, note: data.words.street, layer: group, found: { key: i }, latlng: label.marker.getLatLng(), bounds: bounds });
      });
      return hits;
    };
    group.mark = function (found) {
      if (ring) ring.remove();
      ring = null;
      if (!found) return;
      const look = { interactive: false, fill: false, color: "#16202a", weight: 3.5, smoothFactor: 0, pane: "gg-top" };
      ring = L.polygon(
        owned[found.key].map(function (outline) {
          return [outline];
        }),
        look
      ).addTo(map);
    };
    group.tell = function (found) {
      const content = document.createDocumentFragment();
      content.appendChild(node("h2", "", labels[found.key].text));
      content.appendChild(node("p", "gg-sub", data.words.street));
      return content;
    };
    return group;
  };

  // A canvas that pans and zooms with the map; its heirs say what to paint on it. Places
  // are kept as points of zoom 0, so that a redraw is one multiplication a vertex.
  gg.Canvas = L.Renderer.extend({
    initialize: function (options) {
      L.Renderer.prototype.initialize.call(this, Object.assign({ padding: 0.25 }, options));
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
      // A printer has finer dots than a screen; a sheet of A3 has as many as fit in memory.
      const finest = Math.min(3, Math.sqrt(16e6 / (size.x * size.y)));
      const ratio = this._map.ggPrinting ? finest : L.Browser.retina ? 2 : 1;
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
