// The view in the address of the page: where, how near, which layers, which place is pinned.
// It stands behind the # and works for a file on a stick as for a page on a server.
(function () {
  "use strict";
  const gg = window.gridgov;
  const NUMBER = "-?\\d+(?:\\.\\d+)?";
  const VIEW = new RegExp("^(" + NUMBER + ")/(" + NUMBER + ")/(" + NUMBER + ")$");
  const PLACE = new RegExp("^(" + NUMBER + ")/(" + NUMBER + ")$");
  // A slider that plays or is dragged changes the view more often than some browsers take
  // addresses, a hundred in half a minute: the first are written at once, then one a second.
  const SPAN = 30000;
  const AT_ONCE = 40;
  const WAIT = 1000;
  let taken = false;

  function read() {
    const held = Object.create(null);
    for (const pair of window.location.hash.slice(1).split("&")) {
      const at = pair.indexOf("=");
      if (at > 0) held[pair.slice(0, at)] = pair.slice(at + 1);
    }
    return held;
  }

  function place(lat, lng) {
    const there = L.latLng(Number(lat), Number(lng));
    return Math.abs(there.lat) <= 85 && Math.abs(there.lng) <= 360 ? there : null;
  }

  // Only the first map of a page has the address; `start` returns whether it set a view.
  gg.view = function (shown) {
    const { map } = shown;
    if (taken) return { start: Boolean, link: String };
    taken = true;
    let ready = false;
    let waiting = null;
    let begun = 0;
    let written = 0;

    function text() {
      const center = map.getCenter();
      const parts = ["view=" + [Number(map.getZoom().toFixed(2)), center.lat.toFixed(5), center.lng.toFixed(5)].join("/")];
      const off = [];
      shown.parts.forEach(function (layer, i) {
        if (!map.hasLayer(layer)) off.push(i);
        const state = layer.state ? layer.state() : "";
        if (state) parts.push("s" + i + "=" + encodeURIComponent(state));
      });
      if (off.length) parts.push("off=" + off.join(","));
      const pinned = shown.card.pinnedAt();
      if (pinned) parts.push("at=" + pinned.lat.toFixed(6) + "/" + pinned.lng.toFixed(6));
      return "#" + parts.join("&");
    }
    function soon() {
      if (Date.now() - begun > SPAN) [begun, written] = [Date.now(), 0];
      written += 1;
      if (written <= AT_ONCE) write();
      else if (!waiting) waiting = window.setTimeout(write, WAIT);
    }
    function write() {
      window.clearTimeout(waiting);
      waiting = null;
      if (!ready || map.ggPrinting) return;
      // A notebook may show the page where the address cannot change.
      try {
        window.history.replaceState(window.history.state, "", text());
      } catch (error) {
        ready = false;
      }
    }
    function go(held) {
      const found = VIEW.exec(held.view || "");
      const there = found && place(found[2], found[3]);
      if (!there) return false;
      map.setView(there, Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), Number(found[1]))), { animate: false });
      return true;
    }
    // Layers come onto the map after the frame is set up, and states and pins after them.
    function rest(held) {
      const off = (held.off || "").split(",");
      shown.parts.forEach(function (layer, i) {
        if (held.view && off.includes(String(i)) && map.hasLayer(layer)) map.removeLayer(layer);
        else if (held.view && !off.includes(String(i)) && !map.hasLayer(layer)) map.addLayer(layer);
        // An address without a state is that of the page as it opened.
        if (layer.restore && held.view) layer.restore(decode(held["s" + i] || ""));
      });
      const at = PLACE.exec(held.at || "");
      const there = at && place(at[1], at[2]);
      if (there) shown.card.pin(there, map.latLngToContainerPoint(there));
      else shown.card.unpin();
    }
    function decode(part) {
      try {
        return decodeURIComponent(part);
      } catch (error) {
        return "";
      }
    }
    return {
      start: function () {
        const held = read();
        const set = go(held);
        window.setTimeout(function () {
          if (set) rest(held);
          ready = true;
          map.on("moveend layeradd layerremove gg-pin gg-state", soon);
          window.addEventListener("hashchange", function () {
            const now = read();
            if (window.location.hash !== text() && go(now)) rest(now);
          });
        }, 0);
        return set;
      },
      link: function () {
        write();
        return window.location.href.split("#")[0] + text();
      },
    };
  };
})();
