// The tools beside a map: search, whole map, full screen, measure, link, print, help.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const LISTED = 8;

  // Drawn on a grid of 20, lines only.
  const ICONS = {
    menu: "M3 5h14M3 10h14M3 15h14",
    search: "M8.5 3.5a5 5 0 1 1 0 10a5 5 0 1 1 0-10M12.3 12.3L17 17",
    whole: "M3 3h14v14H3zM7 7h6v6H7z",
    full: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
    measure: "M2 13L13 2l5 5L7 18zM5 10l2 2M8 7l3 3M11 4l2 2",
    link: "M8.5 11.5l3-3M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
    print: "M6 8V3h8v5M6 14H3V8h14v6h-3M6 11.5h8V17H6z",
    help: "M7 7.5a3 3 0 1 1 4.2 2.7c-.9.4-1.2.9-1.2 2M10 15v.6M10 2a8 8 0 1 1 0 16a8 8 0 1 1 0-16",
  };

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const drawing = document.createElementNS(space, "svg");
    drawing.setAttribute("viewBox", "0 0 20 20");
    drawing.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", ICONS[name]);
    drawing.appendChild(path);
    return drawing;
  }

  function button(name, text) {
    const made = node("button", "gg-tool");
    made.type = "button";
    made.title = text;
    made.setAttribute("aria-label", text);
    made.appendChild(icon(name));
    made.appendChild(node("span", "gg-tool-name", text));
    return made;
  }

  function plain(text, act) {
    const made = node("button", "gg-plain", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  // One panel at a time, beside the buttons; Escape closes it and gives the focus back.
  function panels(map, words) {
    let open = null;
    return {
      close: function (back) {
        if (!open) return;
        const { box, owner, ended } = open;
        open = null;
        box.remove();
        owner.setAttribute("aria-expanded", "false");
        if (ended) ended();
        if (back) owner.focus();
      },
      toggle: function (owner, name, fill) {
        const again = open && open.owner === owner;
        this.close(again);
        if (again) return;
        const box = gg.band(map.getContainer(), "section", "gg-panel");
        box.setAttribute("role", "dialog");
        box.setAttribute("aria-label", name);
        box.appendChild(node("h2", "", name));
        const close = node("button", "gg-close", "×");
        close.type = "button";
        close.setAttribute("aria-label", words.close);
        close.addEventListener("click", this.close.bind(this, true));
        open = { box: box, owner: owner, ended: null };
        owner.setAttribute("aria-expanded", "true");
        box.addEventListener(
          "keydown",
          function (event) {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            this.close(true);
          }.bind(this)
        );
        open.ended = fill(box) || null;
        box.appendChild(close);
      },
    };
  }

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

  // Layers answer `seek(text)` with what they know: text, note, place, bounds and what to pin.
  function search(shown, box) {
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
  }

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

  function measure(shown, box) {
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
      plain(words.measure_back, function () {
        places.pop();
        show();
      })
    );
    row.appendChild(
      plain(words.measure_clear, function () {
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
  }

  function link(shown, box) {
    const words = shown.page.words;
    const told = node("p", "gg-told", words.link_copy);
    const input = node("input", "gg-input");
    told.setAttribute("role", "status");
    input.readOnly = true;
    input.setAttribute("aria-label", words.tool_link);
    input.value = shown.view.link(window.location.href);
    box.appendChild(told);
    box.appendChild(input);
    input.focus();
    input.select();
    if (!navigator.clipboard || !navigator.clipboard.writeText) return;
    navigator.clipboard.writeText(input.value).then(
      function () {
        told.textContent = words.link_copied;
      },
      // Not allowed here: the address is there to be copied by hand.
      function () {}
    );
  }

  function help(words, box) {
    const list = node("ul", "gg-lines");
    for (const key of ["help_point", "help_keys", "help_search", "help_link"]) list.appendChild(node("li", "", words[key]));
    box.tabIndex = -1;
    box.appendChild(list);
    box.focus();
  }

  // An element that the browser may not show alone, as in a notebook or on some phones,
  // fills the window it has instead.
  function fullScreen(shown, owner) {
    const { map, page } = shown;
    const container = map.getContainer();
    function tell() {
      const on = document.fullscreenElement === container || container.classList.contains("gg-full");
      const text = on ? page.words.tool_full_end : page.words.tool_full;
      owner.setAttribute("aria-pressed", String(on));
      owner.setAttribute("aria-label", text);
      owner.title = text;
      owner.lastChild.textContent = text;
      map.invalidateSize();
    }
    function fill(on) {
      container.classList.toggle("gg-full", on);
      tell();
    }
    owner.setAttribute("aria-pressed", "false");
    document.addEventListener("fullscreenchange", tell);
    owner.addEventListener("click", function () {
      if (document.fullscreenElement === container) document.exitFullscreen();
      else if (container.classList.contains("gg-full")) fill(false);
      else if (!container.requestFullscreen) fill(true);
      else container.requestFullscreen().catch(fill.bind(null, true));
    });
  }

  function north(map, words) {
    const control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      const box = node("div", "gg-north");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", words.north_up);
      box.title = words.north_up;
      const space = "http://www.w3.org/2000/svg";
      const drawing = document.createElementNS(space, "svg");
      drawing.setAttribute("viewBox", "0 0 20 26");
      drawing.setAttribute("aria-hidden", "true");
      [["M10 1L18 25L10 19Z", "#16202a"], ["M10 1L2 25L10 19Z", "#fff"]].forEach(function (half) {
        const path = document.createElementNS(space, "path");
        path.setAttribute("d", half[0]);
        path.setAttribute("fill", half[1]);
        drawing.appendChild(path);
      });
      box.appendChild(node("span", "", words.north));
      box.appendChild(drawing);
      return box;
    };
    return control.addTo(map);
  }

  // Leaflet's and Folium's own buttons speak English unless told otherwise.
  function rename(map, words) {
    const names = {
      ".leaflet-control-zoom-in": words.tool_zoom_in,
      ".leaflet-control-zoom-out": words.tool_zoom_out,
      ".leaflet-control-layers-toggle": words.layers_control,
    };
    for (const selector of Object.keys(names)) {
      for (const found of map.getContainer().querySelectorAll(selector)) {
        found.title = names[selector];
        found.setAttribute("aria-label", names[selector]);
      }
    }
  }

  gg.tools = function (shown) {
    const { map, page } = shown;
    const words = page.words;
    const container = map.getContainer();
    const held = panels(map, words);
    const control = L.control({ position: "topleft" });
    north(map, words);
    rename(map, words);
    window.setTimeout(rename.bind(null, map, words), 0);

    control.onAdd = function () {
      const bar = node("div", "gg-tools leaflet-bar");
      const menu = button("menu", words.tools);
      const group = node("div", "gg-toolset");
      menu.classList.add("gg-menu");
      menu.setAttribute("aria-expanded", "false");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", words.tools);
      function unfold(open) {
        bar.classList.toggle("gg-unfolded", open);
        menu.setAttribute("aria-expanded", String(open));
      }
      menu.addEventListener("click", function () {
        unfold(!bar.classList.contains("gg-unfolded"));
      });
      function add(name, act) {
        const made = button(name, words["tool_" + name]);
        made.dataset.tool = name;
        group.appendChild(made);
        if (act) {
          made.addEventListener("click", function () {
            unfold(false);
            act(made);
          });
        }
        return made;
      }
      function panel(name, fill) {
        const made = add(name, function (owner) {
          held.toggle(owner, words["tool_" + name], fill);
        });
        made.setAttribute("aria-expanded", "false");
      }
      panel("search", search.bind(null, shown));
      add("whole", shown.fit);
      fullScreen(shown, add("full"));
      panel("measure", measure.bind(null, shown));
      panel("link", link.bind(null, shown));
      panel("print", function (box) {
        const row = node("div", "gg-row");
        for (const paper of ["A4", "A3"]) {
          row.appendChild(
            plain(paper, function () {
              held.close(true);
              shown.printing.on(paper);
            })
          );
        }
        box.appendChild(node("p", "gg-told", words.print_paper));
        box.appendChild(row);
        row.firstChild.focus();
      });
      panel("help", help.bind(null, words));
      bar.appendChild(menu);
      bar.appendChild(group);
      bar.addEventListener("keydown", function (event) {
        if (event.key !== "Escape" || !bar.classList.contains("gg-unfolded")) return;
        unfold(false);
        menu.focus();
      });
      container.addEventListener("keydown", function (event) {
        if (event.key === "Escape" && event.target === container) held.close(false);
      });
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.disableScrollPropagation(bar);
      return bar;
    };
    control.addTo(map);

    // On a phone, or in a low window, one button opens the rest.
    function fold() {
      const size = map.getSize();
      container.classList.toggle("gg-compact", size.x < 700 || size.y < 560);
    }
    fold();
    map.on("resize", fold);
    return control;
  };
})();
