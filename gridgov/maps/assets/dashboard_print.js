// One sheet of paper in landscape: heading, map, ranking, trend and notes. A ranking too long
// for the sheet follows on the next ones.
(function () {
  "use strict";
  const gg = window.gridgov;
  const PAPERS = { A4: [1060, 728], A3: [1525, 1057] };

  // `parts`: the box of all, of the map and of the table, and what draws the trend.
  gg.dashPrinting = function (shown, parts) {
    const { map } = shown;
    const { root, table, about, trend } = parts;
    let kept = null;

    function begin(paper) {
      if (kept) return;
      kept = { center: map.getCenter(), zoom: map.getZoom(), whole: shown.isWhole, about: about.open };
      map.ggPrinting = true;
      const [width, height] = PAPERS[paper];
      root.style.setProperty("--gg-sheet-width", width + "px");
      root.style.setProperty("--gg-sheet-height", height + "px");
      root.classList.add("gg-dash-printing");
      about.open = true;
      const page = gg.node("style", "gg-page", "@page { size: " + paper + " landscape; margin: 8mm; }");
      document.head.appendChild(page);
      const scroll = table.querySelector(".gg-scroll");
      root.classList.toggle("gg-dash-long", scroll.scrollHeight > scroll.clientHeight + 1);
      map.invalidateSize({ animate: false, pan: false });
      if (kept.whole) shown.fit();
      else map.setView(kept.center, kept.zoom, { animate: false });
      trend.draw();
      // What comes next, the printing of the map itself, sets this again.
      map.ggPrinting = false;
      shown.isWhole = kept.whole;
    }
    function end() {
      if (!kept) return;
      const before = kept;
      kept = null;
      root.classList.remove("gg-dash-printing", "gg-dash-long");
      about.open = before.about;
      for (const page of document.querySelectorAll("style.gg-page")) page.remove();
      // After the map has put its own things back.
      window.setTimeout(function () {
        map.invalidateSize({ animate: false, pan: false });
        map.setView(before.center, before.zoom, { animate: false });
        shown.isWhole = before.whole;
        trend.draw();
      }, 0);
    }
    // Before those of the map, which are added later.
    window.addEventListener("beforeprint", function () {
      begin("A4");
    });
    window.addEventListener("afterprint", end);
    // The printing tool of the map lays the sheet out before it asks for the dialog.
    window.setTimeout(function () {
      const plain = shown.printing.on;
      shown.printing.on = function (paper) {
        begin(paper);
        plain(paper);
      };
    }, 0);
  };
})();
