// The legend: one section a layer, each with a heading, rows and a line of help.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  function rowsOf(section) {
    const list = node("ul");
    for (const row of section.rows) {
      const item = node("li", row.apart ? "gg-apart" : "");
      item.appendChild(gg.swatch(row.mark, row.color, row));
      item.appendChild(node("span", "gg-what", row.text));
      if (row.count !== null) item.appendChild(node("span", "gg-count", gg.grouped(row.count)));
      list.appendChild(item);
    }
    return list;
  }

  function sum(rows) {
    return rows.reduce(function (all, row) {
      return all + row.count;
    }, 0);
  }

  // `set(place, section)` gives a section another content, such as that of another period.
  gg.legend = function (map, sections, words) {
    const control = L.control({ position: "bottomright" });
    const held = sections.slice();
    let box = null;

    function fill() {
      box.textContent = "";
      held.forEach(function (section, place) {
        box.appendChild(node(place ? "h3" : "summary", "", section.heading));
        box.appendChild(rowsOf(section));
        const counts = section.rows.filter(function (row) {
          return row.count !== null;
        });
        if (counts.length > 1) box.appendChild(node("p", "gg-total", words.total.replace("#", gg.grouped(sum(counts)))));
        if (section.help) box.appendChild(node("p", "gg-help", section.help));
      });
    }
    control.onAdd = function () {
      box = node("details", "gg-legend");
      box.open = map.getSize().y >= 430 && map.getSize().x >= 560;
      box.setAttribute("aria-label", words.legend);
      fill();
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    control.set = function (place, section) {
      held[place] = section;
      fill();
    };
    return control.addTo(map);
  };
})();
