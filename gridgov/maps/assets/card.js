// The card that tells what lies under the pointer.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const band = gg.band;

  // The card follows the pointer; a click pins it to its place, Escape lets go.
  function card(map, words) {
    const box = band(map.getContainer(), "div", "gg-card");
    box.setAttribute("role", "status");
    let pinned = null;
    let release = null;

    function place(point) {
      const size = map.getSize();
      const style = getComputedStyle(map.getContainer());
      const top = parseFloat(style.getPropertyValue("--gg-top")) || 0;
      const bottom = parseFloat(style.getPropertyValue("--gg-bottom")) || 0;
      const width = box.offsetWidth;
      const height = box.offsetHeight;
      let x = point.x + 16;
      let y = point.y + 16;
      if (x + width > size.x - 8) x = point.x - width - 16;
      if (y + height > size.y - bottom - 8) y = point.y - height - 16;
      box.style.left = Math.max(8, Math.min(x, size.x - width - 8)) + "px";
      box.style.top = Math.max(top + 8, Math.min(y, size.y - bottom - height - 8)) + "px";
    }

    const shown = {
      show: function (content, point) {
        box.textContent = "";
        box.appendChild(content);
        box.classList.add("gg-open");
        place(point);
      },
      move: place,
      hide: function () {
        if (!pinned) box.classList.remove("gg-open");
      },
      // The same place with other content; the button that lets go stays.
      retell: function (content) {
        const close = box.querySelector("button");
        box.textContent = "";
        box.appendChild(content);
        if (close) box.appendChild(close);
        if (pinned) place(map.latLngToContainerPoint(pinned));
      },
      isPinned: function () {
        return pinned !== null;
      },
      pinnedAt: function () {
        return pinned;
      },
      pin: function (latlng, whenReleased) {
        pinned = latlng;
        release = whenReleased;
        box.classList.add("gg-pinned");
        const close = node("button", "", "×");
        close.type = "button";
        close.setAttribute("aria-label", words.close);
        close.addEventListener("click", shown.unpin);
        box.appendChild(close);
        place(map.latLngToContainerPoint(latlng));
      },
      unpin: function () {
        if (!pinned) return;
        pinned = null;
        box.classList.remove("gg-pinned", "gg-open");
        if (release) release();
        map.fire("gg-pin");
      },
    };
    map.on("move zoomend resize", function () {
      if (pinned) place(map.latLngToContainerPoint(pinned));
      else shown.hide();
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") shown.unpin();
    });
    return shown;
  }

  // Whether an event of the map happened on something that lies over it.
  gg.overControl = function (event) {
    const target = event.originalEvent && event.originalEvent.target;
    const others = ".leaflet-control,.leaflet-marker-icon,.leaflet-popup,.gg-head,.gg-foot,.gg-card,.gg-panel";
    return target && target.closest && target.closest(others);
  };

  // Pointer and keys for the drawn layers, the topmost last: `find` says what lies at a
  // place, `tell` fills the card, `mark` draws attention to it or, given null, stops that.
  gg.listen = function (map, layers, words) {
    const box = card(map, words);
    let last = null;

    function at(latlng, point) {
      for (let i = layers.length - 1; i >= 0; i -= 1) {
        const found = map.hasLayer(layers[i]) ? layers[i].find(latlng, point) : null;
        if (found) return { layer: layers[i], found: found };
      }
      return null;
    }
    function mark(hit) {
      if (last && (!hit || last.layer !== hit.layer)) last.layer.mark(null);
      if (hit) hit.layer.mark(hit.found);
      last = hit;
    }
    function leave() {
      if (box.isPinned()) return;
      mark(null);
      box.hide();
    }
    function hover(event) {
      // While something is measured, the pointer is its.
      if (box.isPinned() || map.ggBusy) return;
      const hit = gg.overControl(event) ? null : at(event.latlng, event.containerPoint);
      if (!hit) {
        leave();
        return;
      }
      if (last && last.layer === hit.layer && last.found.key === hit.found.key) {
        box.move(event.containerPoint);
        return;
      }
      mark(hit);
      box.show(hit.layer.tell(hit.found, false), event.containerPoint);
    }
    function pin(latlng, point) {
      hold(at(latlng, point), latlng, point);
    }
    function hold(hit, latlng, point) {
      box.unpin();
      if (!hit) return;
      mark(hit);
      box.show(hit.layer.tell(hit.found, true), point);
      box.pin(latlng, leave);
      map.fire("gg-pin");
    }
    map.on("mousemove", hover);
    map.on("mouseout zoomstart", leave);
    map.on("click", function (event) {
      if (!gg.overControl(event) && !map.ggBusy) pin(event.latlng, event.containerPoint);
    });
    map.getContainer().addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target === map.getContainer()) {
        pin(map.getCenter(), map.latLngToContainerPoint(map.getCenter()));
      }
    });
    function forget() {
      box.unpin();
      leave();
    }
    for (const layer of layers) layer.on("remove", forget);
    // `refresh` tells again what is shown, after a layer took on other values.
    return {
      pin: pin,
      pinnedAt: box.pinnedAt,
      unpin: box.unpin,
      // What a search found, whether or not it answers the pointer.
      show: function (layer, found, latlng) {
        hold({ layer: layer, found: found }, latlng, map.latLngToContainerPoint(latlng));
      },
      refresh: function () {
        if (last && box.isPinned()) box.retell(last.layer.tell(last.found, true));
        else leave();
      },
    };
  };
})();
