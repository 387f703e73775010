// The frame of a map: reads the packed data, draws heading, legend, foot and the card.
// Data is shown with textContent only: no text of a record ever becomes markup, script or
// part of a selector.
(function () {
  "use strict";

  const MISSING = -2147483648;

  function bytesOf(base64) {
    const raw = atob(base64);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  // Columns of whole numbers, seven bits a byte, sign in the lowest bit; see packing.py.
  // Multiplication and not shifts, which would cut numbers at 32 bits.
  function unpack(layout, bytes) {
    const columns = Object.create(null);
    let at = 0;
    for (const [name, count, delta] of layout) {
      const values = new Float64Array(count);
      let before = 0;
      for (let i = 0; i < count; i += 1) {
        let value = 0;
        let unit = 1;
        let byte = 128;
        while (byte >= 128) {
          byte = bytes[at];
          at += 1;
          value += (byte & 127) * unit;
          unit *= 128;
        }
        value = value % 2 ? -(value + 1) / 2 : value / 2;
        before = delta ? before + value : value;
        values[i] = before;
      }
      columns[name] = values;
    }
    return columns;
  }

  function node(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function swatch(kind, color) {
    const made = node("span", "gg-swatch gg-" + kind);
    made.setAttribute("aria-hidden", "true");
    if (color && kind !== "line") made.style.backgroundColor = color;
    return made;
  }

  function grouped(number) {
    return number.toLocaleString("en-US");
  }

  function shareOf(thousandths) {
    if (thousandths < 0) return "–";
    return thousandths === 0 ? "< 0.001" : (thousandths / 1000).toFixed(3);
  }

  function scoreOf(hundredths) {
    return hundredths === MISSING ? "–" : (hundredths / 100).toFixed(2);
  }

  function rowsOf(pairs) {
    const list = node("dl");
    for (const [what, value, mark] of pairs) {
      list.appendChild(node("dt", "", what));
      const cell = node("dd");
      if (mark) cell.appendChild(mark);
      cell.appendChild(document.createTextNode(value));
      list.appendChild(cell);
    }
    return list;
  }

  function band(container, tag, className) {
    const made = node(tag, className);
    L.DomEvent.disableClickPropagation(made);
    L.DomEvent.disableScrollPropagation(made);
    container.appendChild(made);
    return made;
  }

  function legend(map, data) {
    const control = L.control({ position: "bottomright" });
    control.onAdd = function () {
      const box = node("details", "gg-legend");
      box.open = map.getSize().y >= 430 && map.getSize().x >= 560;
      box.setAttribute("aria-label", data.words.legend);
      box.appendChild(node("summary", "", data.legend.heading));
      const list = node("ul");
      for (const row of data.legend.rows) {
        const item = node("li", row.apart ? "gg-apart" : "");
        item.appendChild(swatch(row.mark, row.color));
        item.appendChild(node("span", "gg-what", row.text));
        if (row.count !== null) item.appendChild(node("span", "gg-count", grouped(row.count)));
        list.appendChild(item);
      }
      box.appendChild(list);
      if (data.legend.help) box.appendChild(node("p", "gg-help", data.legend.help));
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    return control.addTo(map);
  }

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
      isPinned: function () {
        return pinned !== null;
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

  // Pointer and keys for a drawn layer: `find` says what lies at a place, `tell` fills the
  // card, `mark` draws attention to it or, given null, stops doing so.
  function listen(map, layer, words) {
    const box = card(map, words);
    let last = null;

    function over(event) {
      const target = event.originalEvent && event.originalEvent.target;
      const others = ".leaflet-control,.leaflet-marker-icon,.leaflet-popup,.gg-head,.gg-foot,.gg-card";
      return target && target.closest && target.closest(others);
    }
    function leave() {
      if (box.isPinned()) return;
      last = null;
      layer.mark(null);
      box.hide();
    }
    function hover(event) {
      if (box.isPinned()) return;
      const found = over(event) || !map.hasLayer(layer) ? null : layer.find(event.latlng, event.containerPoint);
      if (!found) {
        leave();
        return;
      }
      if (last !== found.key) {
        last = found.key;
        layer.mark(found);
        box.show(layer.tell(found, false), event.containerPoint);
      } else {
        box.move(event.containerPoint);
      }
    }
    function pin(latlng, point) {
      box.unpin();
      const found = map.hasLayer(layer) ? layer.find(latlng, point) : null;
      if (!found) return;
      last = found.key;
      layer.mark(found);
      box.show(layer.tell(found, true), point);
      box.pin(latlng, leave);
    }
    map.on("mousemove", hover);
    map.on("mouseout zoomstart", leave);
    map.on("click", function (event) {
      if (!over(event)) pin(event.latlng, event.containerPoint);
    });
    map.getContainer().addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target === map.getContainer()) {
        pin(map.getCenter(), map.latLngToContainerPoint(map.getCenter()));
      }
    });
    layer.on("remove", function () {
      box.unpin();
      leave();
    });
  }

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

  function frame(map, settings, packed) {
    const data = JSON.parse(new TextDecoder("utf-8").decode(bytesOf(settings)));
    const columns = unpack(data.columns, bytesOf(packed));
    const container = map.getContainer();
    container.classList.add("gg");
    container.lang = data.lang === "zh" ? "zh-CN" : "en";
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", data.words.map);
    document.title = data.title;
    if (map.attributionControl) map.attributionControl.setPrefix(false);

    const head = band(container, "header", "gg-head");
    head.appendChild(node("h1", "gg-title", data.title));
    if (data.date) head.appendChild(node("div", "gg-date", data.date));
    const foot = band(container, "footer", "gg-foot");
    for (const text of data.foot) foot.appendChild(node("p", "", text));
    function measure() {
      container.style.setProperty("--gg-top", head.offsetHeight + "px");
      container.style.setProperty("--gg-bottom", foot.offsetHeight + "px");
    }
    measure();
    if (window.ResizeObserver) new ResizeObserver(measure).observe(head);
    if (window.ResizeObserver) new ResizeObserver(measure).observe(foot);

    const scale = L.control.scale({ imperial: false, maxWidth: 130 }).addTo(map);
    legend(map, data);
    const drawn = data.kind === "cells" ? new gridgov.Cells(data, columns) : new gridgov.Points(data, columns);
    listen(map, drawn, data.words);
    const layers = { drawn: drawn, streets: gridgov.streets(map, data, columns), scale: scale };

    // A map in a hidden notebook tab has no size yet: look again when it gets one.
    fit(map, data.bounds);
    if (!map.getSize().x || !map.getSize().y) {
      map.once("resize", function () {
        fit(map, data.bounds);
      });
    }
    if (document.fonts && document.fonts.ready) document.fonts.ready.then(layers.streets.arrange);
    return layers;
  }

  window.gridgov = {
    MISSING: MISSING,
    frame: frame,
    grouped: grouped,
    node: node,
    rowsOf: rowsOf,
    scoreOf: scoreOf,
    shareOf: shareOf,
    swatch: swatch,
  };
})();
