// The frame of a map: heading, legend, card and foot around the layers, which draw themselves.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  function fit(map, bounds) {
    const style = getComputedStyle(map.getContainer());
    const top = parseFloat(style.getPropertyValue("--gg-top")) || 0;
    const bottom = parseFloat(style.getPropertyValue("--gg-bottom")) || 0;
    const box = map.getContainer().querySelector("details.gg-legend[open]");
    const beside = box && map.getSize().x >= 700 ? box.offsetWidth + 24 : 14;
    map.fitBounds(bounds, {
      animate: false,
      maxZoom: 17,
      paddingTopLeft: [50, top + 14],
      paddingBottomRight: [beside, bottom + 14],
    });
  }

  // A layer sees its own settings, and those of the page behind them.
  function layersOf(map, page, bytes) {
    let at = 0;
    return page.parts.map(function (part) {
      const columns = gg.unpack(part.columns, bytes.subarray(at, at + part.bytes));
      at += part.bytes;
      return gg.kinds[part.kind](Object.assign(Object.create(page), part), columns, map);
    });
  }

  gg.frame = function (map, settings, packed) {
    const page = JSON.parse(new TextDecoder("utf-8").decode(gg.bytesOf(settings)));
    const container = map.getContainer();
    container.classList.add("gg");
    container.lang = page.lang === "zh" ? "zh-CN" : "en";
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", page.words.map);
    document.title = page.title;
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    for (const name of ["gg-streets", "gg-labels", "gg-top"]) map.createPane(name);

    const head = gg.band(container, "header", "gg-head");
    head.appendChild(node("h1", "gg-title", page.title));
    if (page.date) head.appendChild(node("div", "gg-date", page.date));
    const foot = gg.band(container, "footer", "gg-foot");
    for (const text of page.foot) foot.appendChild(node("p", "", text));
    function measure() {
      container.style.setProperty("--gg-top", head.offsetHeight + "px");
      container.style.setProperty("--gg-bottom", foot.offsetHeight + "px");
    }
    measure();
    if (window.ResizeObserver) new ResizeObserver(measure).observe(head);
    if (window.ResizeObserver) new ResizeObserver(measure).observe(foot);

    const shown = { map: map, page: page, head: head, foot: foot };
    shown.scale = L.control.scale({ imperial: false, maxWidth: 130 }).addTo(map);
    shown.legend = gg.legend(map, page.legend, page.words);
    shown.parts = layersOf(map, page, gg.bytesOf(packed));
    const found = shown.parts.filter(function (layer) {
      return layer.find;
    });
    shown.card = gg.listen(map, found, page.words);
    // A layer that has something to switch, such as periods, sets it up when all is there.
    for (const layer of shown.parts) if (layer.framed) layer.framed(shown);

    // A map in a hidden notebook tab has no size yet: look again when it gets one.
    fit(map, page.bounds);
    if (!map.getSize().x || !map.getSize().y) {
      map.once("resize", function () {
        fit(map, page.bounds);
      });
    }
    return shown;
  };
})();
