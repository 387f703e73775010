// The dashboard: lists, map, ranking and trend side by side, each changed by what is chosen
// in the others.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const LISTED = 5;

  function region(className, name) {
    const made = node("section", className);
    made.setAttribute("aria-label", name);
    return made;
  }

  // The map moves into its place among the other parts.
  function lay(shown, data) {
    const { map, page } = shown;
    const words = data.dash;
    const container = map.getContainer();
    // The heading of the map is that of the page.
    shown.head.textContent = "";
    const root = node("main", "gg-dash");
    root.lang = container.lang;
    const head = node("header", "gg-dash-head");
    const titles = node("div", "gg-dash-titles");
    titles.appendChild(node("h1", "", page.title));
    if (page.date) titles.appendChild(node("p", "gg-dash-date", page.date));
    const told = node("p", "gg-dash-told");
    told.setAttribute("role", "status");
    head.appendChild(titles);
    head.appendChild(told);
    const lists = region("gg-dash-lists", words.choices);
    const place = region("gg-dash-map", words.layer);
    const table = region("gg-dash-table", words.streets);
    const name = node("h2", "", words.streets);
    const rule = node("p", "gg-rule", words.street_rule);
    rule.id = "gg-street-rule";
    table.appendChild(name);
    const trend = region("gg-dash-trend", words.trend);
    const foot = node("footer", "gg-dash-foot");
    if (data.notes.length) foot.appendChild(node("p", "gg-notes", data.notes.join(" · ")));
    const about = node("details", "gg-about");
    about.appendChild(node("summary", "", words.about));
    for (const text of data.about) about.appendChild(node("p", "", text));
    foot.appendChild(about);
    container.parentNode.insertBefore(root, container);
    const look = node("div", "gg-look");
    const field = node("div", "gg-dash-field");
    field.appendChild(container);
    place.appendChild(look);
    place.appendChild(field);
    // Between whole zooms there is no need to lose a quarter of one.
    if (map.options.zoomSnap < 1) map.options.zoomSnap = 0.1;
    for (const part of [head, lists, place, table, trend, foot]) root.appendChild(part);
    map.invalidateSize({ animate: false, pan: false });
    const legend = container.querySelector("details.gg-legend");
    if (legend) legend.open = map.getSize().x >= 430 && map.getSize().y >= 330;
    return { root: root, head: head, told: told, lists: lists, look: look, table: table, rule: rule, trend: trend, about: about };
  }

  // What an open legend takes of the width, where there is enough of it.
  function beside(map) {
    const box = map.getContainer().querySelector("details.gg-legend[open]");
    const width = box ? box.offsetWidth + 10 : 0;
    return map.getSize().x - 64 > 2 * width ? width : 0;
  }

  // The whole map in the room beside the legend, however large the two are by then.
  function boundsBeside(shown) {
    const { map, page } = shown;
    const [[south, west], [north, east]] = page.bounds;
    Object.defineProperty(page, "bounds", {
      get: function () {
        // A wide map leaves the room by itself, see frame.js.
        if (map.getSize().x >= 700) return [[south, west], [north, east]];
        const room = map.getSize().x - 64;
        const legend = beside(map);
        const high = map.getSize().y - 28;
        const [a, b] = [map.project([north, west], 12), map.project([south, east], 12)];
        // The place beside the legend, in the shape of the room that it leaves.
        const width = Math.max(b.x - a.x, ((b.y - a.y) * (room - legend)) / high);
        const middle = (a.x + b.x) / 2;
        const more = (width * legend) / (room - legend);
        const lng = (x) => map.unproject([x, a.y], 12).lng;
        return [[south, lng(middle - width / 2)], [north, lng(middle + width / 2 + more)]];
      },
    });
  }

  gg.dashboard = function (layer, shown) {
    const { data } = layer;
    const { map } = shown;
    const words = data.dash;
    const last = data.periods.length - 1;
    const facts = gg.facts(data, layer.columns);
    const outlines = shown.parts[data.parts.length - 1];
    const bounds = outlines.seek("").map(function (hit) {
      return hit.bounds;
    });
    const categories = data.facets.findIndex(function (facet) {
      return facet.kind === "category";
    });
    const choice = { facets: data.facets.map(() => new Set()), street: -1, from: 0, to: last };
    let [spots, keep] = [false, false];

    const parts = lay(shown, data);
    const reset = gg.plain(words.reset, "gg-reset", function () {
      for (const chosen of choice.facets) chosen.clear();
      choice.from = 0;
      choice.to = last;
      spots = keep = false;
      kept.checked = false;
      street(-1);
      shown.fit();
    });
    parts.head.appendChild(reset);

    const lists = gg.dashLists(parts.lists, data, function (f, at) {
      const chosen = choice.facets[f];
      if (at === null) chosen.clear();
      else if (!chosen.delete(at)) chosen.add(at);
      update();
    });

    // What the map shows: the incidents chosen, or hotspots where there are any for the choice.
    const which = node("select");
    const label = node("label", "gg-choice", words.map_shows + " ");
    const none = node("p", "gg-no-spots", words.no_spots);
    for (const [value, text] of [["counts", words.by_incidents], ["spots", words.by_spots]]) {
      const option = node("option", "", text);
      option.value = value;
      which.appendChild(option);
    }
    which.addEventListener("change", function () {
      spots = which.value === "spots";
      update();
    });
    label.appendChild(which);
    const kept = node("input");
    const hold = node("label", "gg-keep");
    kept.type = "checkbox";
    kept.addEventListener("change", function () {
      keep = kept.checked;
      update();
    });
    hold.title = words.keep_help;
    hold.appendChild(kept);
    hold.appendChild(document.createTextNode(" " + words.keep));
    for (const part of [label, hold, none]) parts.look.appendChild(part);

    const table = gg.dashTable(parts.table, data, function (at) {
      street(choice.street === at ? -1 : at);
      const there = choice.street < 0 ? null : bounds[data.streets[at].outline];
      if (!there) shown.fit();
      else map.fitBounds(there, { animate: false, paddingTopLeft: [56, 20], paddingBottomRight: [14 + beside(map), 20], maxZoom: 17 });
    });
    parts.table.appendChild(parts.rule);
    const trend = gg.dashTrend(parts.trend, data, function (from, to) {
      if (from === choice.from && to === choice.to) return;
      choice.from = from;
      choice.to = to;
      update();
    });
    gg.dashPrinting(shown, { root: parts.root, table: parts.table, about: parts.about, trend: trend });

    function street(at) {
      choice.street = at;
      const outline = at < 0 ? -1 : data.streets[at].outline;
      outlines.mark(outline < 0 ? null : { key: outline });
      update();
    }
    // Hotspots are there for all periods, and for all incidents or one category.
    function group() {
      if (choice.from > 0 || choice.to < last) return -1;
      for (let f = 0; f < choice.facets.length; f += 1) {
        if (f !== categories && choice.facets[f].size) return -1;
      }
      const chosen = categories < 0 ? [] : Array.from(choice.facets[categories]);
      if (chosen.length > 1) return -1;
      return chosen.length && data.spots.groups > 1 ? chosen[0] + 1 : 0;
    }
    function listed(f) {
      const chosen = Array.from(choice.facets[f]).sort((a, b) => a - b);
      const texts = chosen.slice(0, 2).map((at) => data.facets[f].labels[at]);
      if (chosen.length <= 2) return texts.join(" + ");
      return data.facets[f].heading + " (" + words.chosen.replace("#", chosen.length) + ")";
    }
    function names() {
      const texts = choice.facets.map((chosen, f) => (chosen.size ? listed(f) : ""));
      if (choice.street >= 0) texts.unshift(data.streets[choice.street].name);
      return texts.filter(Boolean);
    }
    function span() {
      if (choice.from === choice.to) return data.periods[choice.from];
      return words.span.replace("#", data.periods[choice.from]).replace("@", data.periods[choice.to]);
    }

    function update() {
      const found = facts.count(choice);
      const there = group();
      const hot = spots && there >= 0;
      if (hot) layer.showSpots(found.cells, there);
      else layer.showCounts(found.cells, keep && !layer.spots);
      which.value = hot ? "spots" : "counts";
      which.lastChild.disabled = there < 0;
      none.hidden = there >= 0;
      kept.disabled = hot;
      shown.legend.set(
        0,
        hot
          ? layer.section(data.words.hotspots_legend, words.spots_help + " " + data.words.q_means)
          : layer.section(keep ? words.legend_kept : words.legend, words.legend_help)
      );
      lists.update(choice, found.facets);
      table.update(choice, found);
      trend.update(choice, found, names().length ? " · " + names().join(" · ") : "");
      parts.told.textContent = "";
      parts.told.appendChild(node("strong", "", gg.grouped(found.total)));
      parts.told.appendChild(node("span", "", " " + [words.incidents, span()].concat(names()).join(" · ")));
      reset.disabled = !names().length && choice.from === 0 && choice.to === last && !spots && !keep;
      shown.card.refresh();
      map.fire("gg-state");
    }

    // The categories of the incidents in a cell, most first.
    layer.parts = function (i) {
      if (categories < 0) return [];
      const counts = facts.inCell(choice, i, categories);
      const rows = Array.from(counts, (count, at) => [data.facets[categories].labels[at], count]);
      const some = rows.filter((row) => row[1] > 0).sort((a, b) => b[1] - a[1]);
      return some.slice(0, LISTED).map(([text, count]) => [text, gg.grouped(count)]);
    };

    // For the address of the page: lists, street, periods, what the map shows.
    layer.state = function () {
      const told = choice.facets.map((chosen) => Array.from(chosen).sort((a, b) => a - b).join("."));
      return [told.join("_"), choice.street, choice.from, choice.to, spots ? 1 : 0].join("~");
    };
    layer.restore = function (text) {
      const [told, at, from, to, hot] = text.split("~");
      const whole = (value) => (/^\d{1,6}$/.test(value || "") ? Number(value) : -1);
      (told || "").split("_").forEach(function (values, f) {
        if (!choice.facets[f]) return;
        choice.facets[f].clear();
        for (const value of values.split(".").map(whole)) {
          if (value >= 0 && value < data.facets[f].labels.length) choice.facets[f].add(value);
        }
      });
      if (whole(from) >= 0 && whole(from) <= whole(to) && whole(to) <= last) {
        choice.from = whole(from);
        choice.to = whole(to);
      }
      spots = hot === "1";
      street(whole(at) < data.streets.length ? whole(at) : -1);
    };

    if (parts.root.clientWidth < 760) lists.fold(false);
    update();
    map.invalidateSize({ animate: false, pan: false });
    boundsBeside(shown);
    // Its place changes with the parts around it, not only with the window.
    const resized = function () {
      const whole = shown.isWhole;
      if (map.ggPrinting || map.getSize().equals([field.clientWidth, field.clientHeight])) return;
      map.invalidateSize({ animate: false, pan: false });
      if (whole) shown.fit();
    };
    const field = map.getContainer();
    if (window.ResizeObserver) new ResizeObserver(resized).observe(field);
  };
})();
