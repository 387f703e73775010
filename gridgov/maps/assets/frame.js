// The frame of a map: heading, legend, card and foot around the layers, which draw themselves.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  function fit(map, bounds, nearest) {
    const style = getComputedStyle(map.getContainer());
    const top = parseFloat(style.getPropertyValue("--gg-top")) || 0;
    const bottom = parseFloat(style.getPropertyValue("--gg-bottom")) || 0;
    const box = map.getContainer().querySelector("details.gg-legend[open]");
    const beside = box && map.getSize().x >= 700 ? box.offsetWidth + 24 : 14;
    map.fitBounds(bounds, {
      animate: false,
      maxZoom: nearest || 17,
      paddingTopLeft: [50, top + 14],
      paddingBottomRight: [beside, bottom + 14],
    });
  }

  // To what a search found: near enough to see it, and no nearer.
  function goTo(shown, hit) {
    const { map } = shown;
    if (hit.layer && !map.hasLayer(hit.layer)) map.addLayer(hit.layer);
    fit(map, hit.bounds, Math.max(16, map.getZoom()));
    if (hit.layer) shown.card.show(hit.layer, hit.found, hit.latlng);
    else shown.card.pin(hit.latlng, map.latLngToContainerPoint(hit.latlng));
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
    if (!document.documentElement.lang) document.documentElement.lang = container.lang;
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

    shown.measure = measure;
    shown.isWhole = true;
    shown.fit = function () {
      fit(map, page.bounds);
      shown.isWhole = true;
    };
    shown.goTo = function (hit) {
      goTo(shown, hit);
    };
    shown.view = gg.view(shown);
    shown.printing = gg.printing(shown);
    gg.tools(shown);

    // A map in a hidden notebook tab has no size yet: look again when it gets one.
    shown.fit();
    if (!map.getSize().x || !map.getSize().y) map.once("resize", shown.fit);
    if (shown.view.start()) shown.isWhole = false;
    map.on("movestart", function () {
      if (!map.ggPrinting) shown.isWhole = false;
    });
    return shown;
  };
})();
