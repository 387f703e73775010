// Cells by keyboard: arrows go from cell to cell, Enter pins, Escape lets go.
(function () {
  "use strict";
  const gg = window.gridgov;
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // The next cell one way: near, and little aside. A gap is stepped over.
  function next(layer, from, [dx, dy]) {
    const { middles } = layer.grid();
    const [x, y] = [middles[2 * from], middles[2 * from + 1]];
    const least = layer.shapes.widest / 5;
    let best = -1;
    let nearest = Infinity;
    for (let i = 0; i < layer.count; i += 1) {
      if (layer.codes[i] >= layer.absent) continue;
      const along = (middles[2 * i] - x) * dx + (middles[2 * i + 1] - y) * dy;
      const aside = Math.abs((middles[2 * i] - x) * dy) + Math.abs((middles[2 * i + 1] - y) * dx);
      if (along < least || aside > 2 * along) continue;
      const far = along + 1.5 * aside;
      if (far < nearest) [nearest, best] = [far, i];
    }
    return best;
  }

  function nearestTo(layer, point) {
    const { middles } = layer.grid();
    let best = -1;
    let nearest = Infinity;
    for (let i = 0; i < layer.count; i += 1) {
      if (layer.codes[i] >= layer.absent) continue;
      const far = (middles[2 * i] - point.x) ** 2 + (middles[2 * i + 1] - point.y) ** 2;
      if (far < nearest) [nearest, best] = [far, i];
    }
    return best;
  }

  gg.cellKeys = function (layer, shown) {
    const map = shown.map;
    const container = map.getContainer();
    if (container.ggCellKeys) return;
    container.ggCellKeys = true;
    container.setAttribute("aria-label", shown.page.words.map_cells);

    function pinned() {
      return container.querySelector(".gg-card.gg-pinned");
    }
    function show(cell, pin) {
      const latlng = layer.middle(cell);
      const style = getComputedStyle(container);
      const top = parseFloat(style.getPropertyValue("--gg-top")) || 0;
      const bottom = parseFloat(style.getPropertyValue("--gg-bottom")) || 0;
      map.panInside(latlng, { animate: false, paddingTopLeft: [40, top + 40], paddingBottomRight: [40, bottom + 40] });
      const point = map.latLngToContainerPoint(latlng);
      if (pin) shown.card.pin(latlng, point);
      else map.fire("mousemove", { latlng: latlng, containerPoint: point, layerPoint: map.latLngToLayerPoint(latlng) });
    }
    // Before Leaflet's own keys, which move the map: they stay with Shift.
    container.addEventListener(
      "keydown",
      function (event) {
        const other = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
        if (event.target !== container || other || !map.hasLayer(layer)) return;
        if (event.key === "Escape" && !pinned()) {
          map.fire("mouseout", {});
          return;
        }
        const way = WAYS[event.key];
        if (!way && event.key !== "Enter") return;
        const marked = layer.marked >= 0 ? layer.marked : -1;
        if (event.key === "Enter" && marked < 0) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        let cell = marked;
        if (way && marked >= 0) cell = next(layer, marked, way);
        else if (way) cell = nearestTo(layer, map.options.crs.latLngToPoint(map.getCenter(), 0));
        if (cell >= 0) show(cell, Boolean(pinned()) || event.key === "Enter");
      },
      true
    );
  };
})();
