// One sheet of paper: the map takes its size, with heading, legend and foot and no controls.
(function () {
  "use strict";
  const gg = window.gridgov;
  // What is left of a landscape sheet inside a margin of 8 mm, in CSS pixels (96 an inch),
  // less a little, so that rounding makes no second page.
  const PAPERS = { A4: [1060, 730], A3: [1525, 1059] };

  gg.printing = function (shown) {
    const { map } = shown;
    const container = map.getContainer();
    let paper = "A4";
    let kept = null;

    function begin() {
      if (kept) return;
      const legend = container.querySelector("details.gg-legend");
      // On a page with more than the map the page says how large it prints.
      const alone = container.offsetWidth > 0.9 * window.innerWidth && container.offsetHeight > 0.8 * window.innerHeight;
      kept = { center: map.getCenter(), zoom: map.getZoom(), legend: legend && legend.open, alone: alone, snap: map.options.zoomSnap };
      const bounds = map.getBounds();
      map.ggPrinting = true;
      // Without tiles any zoom will do, and the map fills the sheet.
      if (kept.snap < 1) map.options.zoomSnap = 0;
      container.classList.add("gg-printing");
      if (legend) legend.open = true;
      if (alone) {
        container.style.setProperty("--gg-paper-width", PAPERS[paper][0] + "px");
        container.style.setProperty("--gg-paper-height", PAPERS[paper][1] + "px");
        const page = gg.node("style", "gg-page", "@page { size: " + paper + " landscape; margin: 8mm; }");
        document.head.appendChild(page);
        container.classList.add("gg-sheet");
      }
      shown.measure();
      map.invalidateSize({ animate: false, pan: false });
      if (!alone) map.setView(kept.center, kept.zoom, { animate: false });
      else if (shown.isWhole) shown.fit();
      else map.setView(kept.center, map.getBoundsZoom(bounds), { animate: false });
      if (alone && legend) shrink(legend);
      freeze();
    }
    // Chromium prints what was just drawn on a canvas as drawing and not as picture, and then
    // the clearing of one canvas wipes out all below it. So pictures stand in for canvases.
    function freeze() {
      for (const canvas of container.querySelectorAll(".leaflet-pane canvas")) {
        const picture = gg.node("img", "gg-frozen");
        picture.alt = "";
        // A canvas that holds a picture from elsewhere cannot be read, and stays.
        try {
          picture.src = canvas.toDataURL();
        } catch (error) {
          continue;
        }
        for (const name of ["position", "left", "top", "width", "height", "transform", "opacity", "zIndex"]) {
          picture.style[name] = canvas.style[name];
        }
        canvas.after(picture);
        canvas.classList.add("gg-melted");
      }
    }
    function thaw() {
      for (const picture of container.querySelectorAll(".gg-frozen")) picture.remove();
      for (const canvas of container.querySelectorAll(".gg-melted")) canvas.classList.remove("gg-melted");
    }
    // On paper nothing scrolls.
    function shrink(legend) {
      const room = legend.clientHeight / legend.scrollHeight;
      if (room >= 1) return;
      legend.style.maxHeight = "none";
      legend.style.zoom = String(Math.max(0.5, 0.98 * room));
    }
    function end() {
      if (!kept) return;
      thaw();
      map.options.zoomSnap = kept.snap;
      const legend = container.querySelector("details.gg-legend");
      container.classList.remove("gg-printing", "gg-sheet");
      for (const page of document.querySelectorAll("style.gg-page")) page.remove();
      if (legend) {
        legend.open = kept.legend;
        legend.style.zoom = legend.style.maxHeight = "";
      }
      shown.measure();
      map.invalidateSize({ animate: false, pan: false });
      map.setView(kept.center, kept.zoom, { animate: false });
      map.ggPrinting = false;
      map.fire("viewreset");
      kept = null;
      paper = "A4";
    }
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return {
      on: function (wanted) {
        paper = wanted;
        begin();
        const pictures = Array.from(container.querySelectorAll(".gg-frozen"), function (picture) {
          return picture.decode();
        });
        const go = function () {
          window.print();
        };
        Promise.all(pictures).then(go, go);
      },
    };
  };
})();
