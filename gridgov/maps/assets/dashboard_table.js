// The ranking of streets: every column sorts, a row chooses its street.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

  function signed(number) {
    if (!number) return "0";
    return (number > 0 ? "+" : "−") + gg.grouped(Math.abs(number));
  }

  // Per square kilometer to three digits, and whole from 100 on.
  function perKm2(number) {
    if (number >= 100) return gg.grouped(Math.round(number));
    return number ? number.toPrecision(3) : "0";
  }

  function percent(share) {
    return (100 * share).toFixed(1) + " %";
  }

  gg.dashTable = function (box, data, choose) {
    const words = data.dash;
    const streets = data.streets;
    const hasArea = streets.some(function (street) {
      return street.km2 > 0;
    });
    // What a row tells of: `numbers` as they are, sorted by, and as text.
    const columns = [
      { key: "rank", name: words.rank_short, long: words.rank, up: true },
      { key: "name", name: words.street, up: true },
      { key: "count", name: words.count },
      { key: "share", name: words.share },
      { key: "density", name: words.per_km2, hidden: !hasArea },
      { key: "change", name: words.change, help: words.change_help, hidden: true },
    ];
    const sorted = { key: "count", up: false };
    const collator = new Intl.Collator(data.lang === "zh" ? "zh-CN" : "en", { numeric: true });
    const scroll = node("div", "gg-scroll");
    const table = node("table", "gg-rank");
    const head = node("tr");
    const body = node("tbody");
    const foot = node("tr");
    table.setAttribute("aria-label", words.streets);
    columns.forEach(function (column) {
      const cell = node("th", "gg-col-" + column.key);
      cell.scope = "col";
      column.button = gg.plain(column.name, "", function () {
        const same = sorted.key === column.key;
        sorted.up = same ? !sorted.up : Boolean(column.up);
        sorted.key = column.key;
        order();
      });
      column.button.title = column.help || (column.long ? column.long + " · " + words.sort : words.sort);
      if (column.long) column.button.setAttribute("aria-label", column.long);
      column.cell = cell;
      cell.appendChild(column.button);
      head.appendChild(cell);
    });
    const rows = streets.map(function (street, at) {
      const line = node("tr");
      const cells = {};
      for (const column of columns) {
        const cell = node(column.key === "name" ? "th" : "td", "gg-col-" + column.key);
        cells[column.key] = cell;
        line.appendChild(cell);
      }
      cells.name.scope = "row";
      const button = gg.plain(street.name, "gg-street", function () {
        choose(at);
      });
      const bar = node("span", "gg-bar");
      bar.setAttribute("aria-hidden", "true");
      button.title = street.name;
      button.setAttribute("aria-describedby", "gg-street-rule");
      cells.name.appendChild(button);
      cells.name.appendChild(bar);
      line.addEventListener("click", function (event) {
        if (!button.contains(event.target)) choose(at);
      });
      return { line: line, cells: cells, button: button, bar: bar, values: { name: street.name } };
    });
    let listed = rows.slice();
    const hold = gg.roving(body, function () {
      return listed.map(function (row) {
        return row.button;
      });
    });
    const totals = {};
    for (const column of columns) {
      const cell = node(column.key === "name" ? "th" : "td", "gg-col-" + column.key);
      if (column.key === "name") {
        cell.scope = "row";
        cell.textContent = words.all_streets;
      }
      totals[column.key] = cell;
      foot.appendChild(cell);
    }
    const [top, bottom] = [node("thead"), node("tfoot")];
    top.appendChild(head);
    bottom.appendChild(foot);
    for (const part of [top, body, bottom]) table.appendChild(part);
    scroll.appendChild(table);
    scroll.tabIndex = -1;
    box.appendChild(scroll);

    function order() {
      const { key, up } = sorted;
      const way = up ? 1 : -1;
      listed = rows.slice().sort(function (a, b) {
        const [x, y] = [a.values[key], b.values[key]];
        // What has no value comes last either way.
        if (x === null || y === null) return (x === null) - (y === null);
        return way * (key === "name" ? collator.compare(x, y) : x - y) || a.values.rank - b.values.rank || collator.compare(a.values.name, b.values.name);
      });
      const focused = document.activeElement;
      for (const row of listed) body.appendChild(row.line);
      if (focused && body.contains(focused)) focused.focus();
      columns.forEach(function (column) {
        const here = column.key === key;
        column.cell.setAttribute("aria-sort", here ? (up ? "ascending" : "descending") : "none");
        column.cell.classList.toggle("gg-sorted", here);
        column.cell.hidden = Boolean(column.hidden);
      });
      const chosen = listed.findIndex(function (row) {
        return row.button.getAttribute("aria-pressed") === "true";
      });
      hold(Math.max(0, chosen));
    }

    return {
      update: function (choice, found) {
        const counts = found.streets;
        const descending = Float64Array.from(counts).sort().reverse();
        const most = Math.max(1, descending[0] || 0);
        const rankOf = new Map();
        descending.forEach(function (count, i) {
          if (!rankOf.has(count)) rankOf.set(count, i + 1);
        });
        const last = columns[columns.length - 1];
        last.hidden = !found.before;
        if (last.hidden && sorted.key === "change") sorted.key = "count";
        rows.forEach(function (row, at) {
          const count = counts[at];
          const { km2 } = streets[at];
          const change = found.before ? count - found.before[at] : null;
          const { cells, values } = row;
          values.rank = rankOf.get(count);
          values.count = count;
          values.share = found.all ? count / found.all : null;
          values.density = km2 ? count / km2 : null;
          values.change = change;
          cells.rank.textContent = values.rank;
          cells.count.textContent = gg.grouped(count);
          cells.share.textContent = values.share === null ? "–" : percent(values.share);
          cells.density.textContent = values.density === null ? "–" : perKm2(values.density);
          cells.change.textContent = change === null ? "" : signed(change);
          for (const column of columns) cells[column.key].hidden = Boolean(column.hidden);
          row.bar.style.width = (100 * count) / most + "%";
          row.button.setAttribute("aria-pressed", String(choice.street === at));
          row.line.classList.toggle("gg-chosen", choice.street === at);
        });
        const area = streets.reduce(function (sum, street) {
          return sum + (street.km2 || 0);
        }, 0);
        totals.count.textContent = gg.grouped(found.all);
        totals.share.textContent = found.all ? percent(1) : "–";
        const whole = streets.every(function (street, at) {
          return street.km2 > 0 || !counts[at];
        });
        totals.density.textContent = area && whole ? perKm2(found.all / area) : "–";
        totals.change.textContent = found.before ? signed(found.all - found.before.reduce((a, b) => a + b, 0)) : "";
        for (const column of columns) totals[column.key].hidden = Boolean(column.hidden);
        order();
      },
    };
  };
})();
