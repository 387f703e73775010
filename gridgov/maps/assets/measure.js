// Lengths and areas by clicks on the map, or by Enter at its middle.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  gg.plainButton = function (text, act) {
    const made = node("button", "gg-plain", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  function round(number) {
    return number.toLocaleString("en-US", { maximumSignificantDigits: number >= 1000 ? 5 : 4 });
  }

  gg.lengthText = function (meters, words) {
    if (!Number.isFinite(meters)) return "–";
    const [unit, number] = meters < 1000 ? [words.unit_m, meters] : [words.unit_km, meters / 1000];
    return unit.replace("#", meters < 100 ? number.toFixed(1) : round(number));
  };

  gg.areaText = function (meters, words) {
    const [unit, number] = meters < 1e5 ? [words.unit_m2, meters] : [words.unit_km2, meters / 1e6];
    return unit.replace("#", meters < 1000 ? number.toFixed(1) : round(number));
  };

  // Fills a panel; what it returns ends the measuring.
  gg.measure = function (shown, box) {
    const { map, page } = shown;
    const words = page.words;
    const container = map.getContainer();
    const look = { interactive: false, color: "#16202a", pane: "gg-top", weight: 2.5 };
    const line = L.polyline([], look).addTo(map);
    const area = L.polygon([], Object.assign({}, look, { dashArray: "3 5", weight: 1.5, fillOpacity: 0.08 })).addTo(map);
    const dots = L.layerGroup().addTo(map);
    let places = [];
    const result = node("div", "gg-result");
    result.setAttribute("role", "status");

    function show() {
      line.setLatLngs(places);
      area.setLatLngs(places.length > 2 ? places : []);
      dots.clearLayers();
      for (const place of places) {
        dots.addLayer(L.circleMarker(place, Object.assign({}, look, { radius: 4, fillColor: "#fff", fillOpacity: 1 })));
      }
      let length = 0;
      for (let i = 1; i < places.length; i += 1) length += gg.geodesy.length(places[i - 1], places[i]);
      const rows = [[words.measure_length, gg.lengthText(length, words)]];
      if (places.length > 2) rows.push([words.measure_area, gg.areaText(gg.geodesy.area(places), words)]);
      result.textContent = "";
      if (places.length > 1) result.appendChild(gg.rowsOf(rows));
    }
    function add(latlng) {
      places.push(latlng);
      show();
    }
    function clicked(event) {
      if (!gg.overControl(event)) add(event.latlng);
    }
    function pressed(event) {
      if (event.target !== container) return;
      if (event.key === "Enter") add(map.getCenter());
      else if (event.key === "Backspace") {
        places.pop();
        show();
      } else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    const zooms = map.doubleClickZoom.enabled();
    map.doubleClickZoom.disable();
    map.ggBusy = true;
    shown.card.unpin();
    container.classList.add("gg-measuring");
    map.on("click", clicked);
    container.addEventListener("keydown", pressed, true);
    box.appendChild(node("p", "gg-told", words.measure_how));
    box.appendChild(result);
    const row = node("div", "gg-row");
    row.appendChild(
      gg.plainButton(words.measure_back, function () {
        places.pop();
        show();
      })
    );
    row.appendChild(
      gg.plainButton(words.measure_clear, function () {
        places = [];
        show();
      })
    );
    box.appendChild(row);
    container.focus({ preventScroll: true });
    return function () {
      if (zooms) map.doubleClickZoom.enable();
      map.ggBusy = false;
      container.classList.remove("gg-measuring");
      map.off("click", clicked);
      container.removeEventListener("keydown", pressed, true);
      for (const layer of [line, area, dots]) layer.remove();
    };
  };
})();
