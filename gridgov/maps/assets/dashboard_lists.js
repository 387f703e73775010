// Lists to choose by: a value each row, with a bar and the incidents that all other choices
// leave it.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  gg.plain = function (text, className, press) {
    const made = node("button", className, text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  };

  // Up and down move between the buttons of a list or table, of which Tab reaches one.
  gg.roving = function (box, buttons) {
    function hold(at) {
      buttons().forEach(function (button, i) {
        button.tabIndex = i === at ? 0 : -1;
      });
    }
    box.addEventListener("keydown", function (event) {
      const all = buttons();
      const at = all.indexOf(event.target);
      if (at < 0) return;
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      if (all[to]) {
        hold(to);
        all[to].focus();
      }
    });
    box.addEventListener("focusin", function (event) {
      const at = buttons().indexOf(event.target);
      if (at >= 0) hold(at);
    });
    hold(0);
    return hold;
  };

  // `choose(f, at)` adds a value of list f or takes it away, `choose(f, null)` clears it.
  gg.dashLists = function (box, data, choose) {
    const words = data.dash;
    const lists = data.facets.map(function (facet, f) {
      const part = node("details", "gg-facet");
      const name = node("summary", "", facet.heading);
      const told = node("span", "gg-facet-told");
      name.appendChild(told);
      part.open = true;
      part.appendChild(name);
      const clear = gg.plain(words.clear, "gg-facet-clear", function () {
        choose(f, null);
      });
      clear.setAttribute("aria-label", facet.heading + ": " + words.clear);
      const list = node("ul");
      list.setAttribute("aria-label", facet.heading);
      const rows = facet.labels.map(function (text, at) {
        const item = node("li");
        const button = gg.plain("", "gg-value", function () {
          choose(f, at);
        });
        const bar = node("span", "gg-bar");
        const label = node("span", "gg-value-name", text);
        const count = node("span", "gg-value-count", "");
        bar.setAttribute("aria-hidden", "true");
        label.title = text;
        for (const child of [bar, label, count]) button.appendChild(child);
        item.appendChild(button);
        list.appendChild(item);
        return { button: button, bar: bar, count: count };
      });
      gg.roving(list, function () {
        return rows.map(function (row) {
          return row.button;
        });
      });
      part.appendChild(clear);
      part.appendChild(list);
      box.appendChild(part);
      return { part: part, told: told, clear: clear, rows: rows };
    });

    return {
      fold: function (open) {
        for (const list of lists) list.part.open = open;
      },
      update: function (choice, counts) {
        lists.forEach(function (list, f) {
          const chosen = choice.facets[f];
          const most = Math.max(1, ...counts[f]);
          list.told.textContent = chosen.size ? words.chosen.replace("#", chosen.size) : "";
          list.clear.hidden = !chosen.size;
          list.part.classList.toggle("gg-some", chosen.size > 0);
          list.rows.forEach(function (row, at) {
            const count = counts[f][at];
            row.button.setAttribute("aria-pressed", String(chosen.has(at)));
            row.bar.style.width = (100 * count) / most + "%";
            row.count.textContent = gg.grouped(count);
          });
        });
      },
    };
  };
})();
