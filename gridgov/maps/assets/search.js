// Search by street, name, cell id or coordinates: it jumps there and pins the card.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const LISTED = 8;

  function coordinates(wanted, words) {
    const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(wanted);
    if (!found) return [];
    let [lat, lng] = [Number(found[1]), Number(found[2])];
    // Written the other way round, as many do, where only that can be meant.
    if (Math.abs(lat) > 90) [lat, lng] = [lng, lat];
    if (Math.abs(lat) > 85 || Math.abs(lng) > 180) return [];
    const latlng = L.latLng(lat, lng);
    return [{ text: lat + ", " + lng, note: words.place, latlng: latlng, bounds: L.latLngBounds([latlng]) }];
  }

  // Fills a panel. Layers answer `seek(text)` with what they know: text, note, place, bounds
  // and what to pin.
  gg.search = function (shown, box) {
    const { map, page } = shown;
    const words = page.words;
    const input = node("input", "gg-input");
    const list = node("ul", "gg-found");
    const told = node("p", "gg-told");
    let hits = [];
    let active = -1;
    input.type = "search";
    input.placeholder = words.search_for;
    input.autocomplete = "off";
    input.spellcheck = false;
    const name = "gg-found-" + L.stamp(map);
    const said = {
      role: "combobox",
      "aria-label": words.search_for,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": name,
    };
    for (const key of Object.keys(said)) input.setAttribute(key, said[key]);
    list.id = name;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.tool_search);
    told.setAttribute("role", "status");

    function point(to) {
      active = to;
      Array.from(list.children).forEach(function (item, i) {
        item.setAttribute("aria-selected", String(i === active));
        if (i === active) item.scrollIntoView({ block: "nearest" });
      });
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", name + "-" + active);
    }
    function look() {
      const wanted = input.value.trim();
      list.textContent = "";
      hits = wanted ? coordinates(wanted, words) : [];
      for (const layer of wanted ? shown.parts.slice().reverse() : []) {
        if (layer.seek) hits = hits.concat(layer.seek(wanted));
      }
      // A street that is colored by a measure is one hit: the one with the numbers.
      hits = hits.filter(function (hit) {
        return !hit.outline || !hits.some(function (other) {
          return !other.outline && other.text === hit.text && other.bounds.contains(hit.latlng);
        });
      });
      // What begins with the words typed comes first, shorter before longer.
      const rank = function (hit) {
        return (gg.begins(hit.text, wanted) ? 0 : 1e6) + hit.text.length;
      };
      hits.sort(function (a, b) {
        return rank(a) - rank(b);
      });
      const all = hits.length;
      hits = hits.slice(0, LISTED);
      hits.forEach(function (hit, i) {
        const item = node("li");
        item.id = name + "-" + i;
        item.setAttribute("role", "option");
        item.appendChild(node("span", "gg-hit", hit.text));
        if (hit.note) item.appendChild(node("span", "gg-note", hit.note));
        item.addEventListener("click", function () {
          shown.goTo(hit);
        });
        list.appendChild(item);
      });
      const many = all > LISTED ? words.search_many.replace("@", LISTED) : words.search_found;
      told.textContent = !wanted ? "" : all ? many.replace("#", gg.grouped(all)) : words.search_none;
      input.setAttribute("aria-expanded", String(hits.length > 0));
      point(hits.length ? 0 : -1);
    }
    input.addEventListener("input", look);
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (hits.length) point((active + step + hits.length) % hits.length);
      } else if (event.key === "Enter" && hits[active]) {
        shown.goTo(hits[active]);
      }
      // The map has keys of its own, which are letters here.
      if (event.key !== "Escape") event.stopPropagation();
    });
    for (const part of [input, list, told]) box.appendChild(part);
    input.focus();
  };
})();
