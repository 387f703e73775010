// What a reader chooses of a map of cells: the measure, the group, and the period with a
// slider that plays; cell_sides.js sets two views side by side.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const PAUSE = 800;
  const STATE = /^(\d{1,6}(?:\.\d{1,6})*)(?:~(\d{1,6})~(\d{1,4}))?$/;

  gg.choiceButton = function (text, className, press) {
    const made = node("button", className, text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  };

  gg.choiceList = function (heading, labels, change) {
    const label = node("label", "gg-choice");
    const list = node("select");
    label.appendChild(node("span", "", heading));
    labels.forEach(function (text, i) {
      const option = node("option", "", text);
      option.value = String(i);
      list.appendChild(option);
    });
    list.addEventListener("change", function () {
      change(Number(list.value));
    });
    label.appendChild(list);
    return { label: label, list: list };
  };

  // The legend of a view: its classes with the number of cells in each, and whose they are
  // while two views stand side by side.
  function sectionOf(layer, whose) {
    const { measure, data } = layer;
    const counts = layer.tally();
    // Several classes can share a row, that of the first of them.
    (measure.groups || []).forEach(function (row, code) {
      if (row === code) return;
      counts[row] += counts[code];
      counts[code] = null;
    });
    const rows = [];
    counts.forEach(function (count, code) {
      if (code === layer.unanswered) {
        if (count) rows.push({ mark: "hatch", color: "#e3e5e6", text: data.words.no_answer, count: count });
      } else if (count || (measure.all_listed && count !== null)) {
        const hatch = layer.hatchOf(code);
        rows.push({ mark: "fill", color: measure.palette[code], hatch: hatch, text: measure.classes[code], count: count });
      }
    });
    const outline = { mark: "line", color: "", text: data.words.street_outline, count: null, apart: true };
    if (data.streets) rows.push(outline);
    const heading = measure.legend + (whose ? " · " + whose : "");
    return { heading: heading, rows: rows, help: measure.help };
  }

  gg.cellChoices = function (layer, shown) {
    const data = layer.data;
    const words = data.words;
    const axes = data.axes;
    const place = axes.map(function (axis) {
      return axis.first;
    });
    const varying = axes.filter(function (axis) {
      return axis.labels.length > 1;
    });
    if (!varying.length) return;

    function viewOf(at) {
      let view = 0;
      axes.forEach(function (axis, k) {
        view = view * axis.labels.length + at[k];
      });
      return view;
    }
    // Several parts of the name of a view: what varies, in the words of the controls.
    function nameOf(at) {
      return axes
        .map(function (axis, k) {
          return axis.labels.length > 1 ? axis.labels[at[k]] : "";
        })
        .filter(Boolean)
        .join(" · ");
    }
    layer.label = function () {
      return nameOf(place);
    };

    const listeners = [];
    const players = [];
    let sides = null;
    function legend() {
      const whose = sides ? sides.whose() : "";
      if (data.legend_place !== null) shown.legend.set(data.legend_place, sectionOf(layer, whose));
    }
    function show() {
      const view = viewOf(place);
      if (!data.views[view]) return;
      layer.set(view);
      legend();
      const lines = shown.foot.querySelectorAll("p");
      data.views[view].foot.forEach(function (text, i) {
        if (lines[i] && lines[i].textContent !== text) lines[i].textContent = text;
      });
      for (const listener of listeners) listener();
      shown.card.refresh();
      shown.map.fire("gg-state");
    }
    // A group without rows in a period, or a measure without one, has no view: the nearest
    // period that has one is shown instead.
    function go(k, to) {
      const at = place.slice();
      at[k] = to;
      const last = axes.length - 1;
      if (!data.views[viewOf(at)]) {
        const order = axes[last].labels.map(function (text, i) {
          return i;
        });
        order.sort(function (a, b) {
          return Math.abs(a - place[last]) - Math.abs(b - place[last]);
        });
        const other = order.find(function (i) {
          return data.views[viewOf(at.slice(0, last).concat(i))];
        });
        if (other === undefined || k === last) return false;
        at[last] = other;
      }
      at.forEach(function (value, i) {
        place[i] = value;
      });
      show();
      return true;
    }

    const bar = node("div", "gg-choices");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.choices);
    axes.forEach(function (axis, k) {
      if (axis.labels.length < 2 || axis.kind === "period") return;
      const chosen = gg.choiceList(axis.heading, axis.labels, function (to) {
        if (!go(k, to)) chosen.list.value = String(place[k]);
      });
      listeners.push(function () {
        chosen.list.value = String(place[k]);
      });
      chosen.list.value = String(place[k]);
      bar.appendChild(chosen.label);
    });
    axes.forEach(function (axis, k) {
      if (axis.kind === "period" && axis.labels.length > 1) bar.appendChild(slider(axis, k));
    });
    // Layers that follow this one are not cut in two.
    if (data.comparable !== false) {
      sides = gg.cellSides(layer, shown, {
        // The last axis that varies is compared: sides, periods, else groups, else measures.
        k: axes.lastIndexOf(varying[varying.length - 1]),
        place: place,
        viewOf: viewOf,
        nameOf: nameOf,
        listeners: listeners,
        legend: legend,
      });
      bar.appendChild(sides.box);
    }
    shown.head.appendChild(bar);
    // Now and not when the browser gets to it: the map is fitted below the head next.
    shown.map.getContainer().style.setProperty("--gg-top", shown.head.offsetHeight + "px");

    function slider(axis, k) {
      const box = node("div", "gg-time");
      const range = node("input");
      range.type = "range";
      range.min = "0";
      range.max = String(axis.labels.length - 1);
      range.step = "1";
      range.value = String(place[k]);
      range.setAttribute("aria-label", axis.heading);
      const told = node("output", "", axis.labels[place[k]]);
      let timer = null;
      let asked = null;

      function stop() {
        if (timer) clearInterval(timer);
        timer = null;
        play.textContent = "▶";
        play.setAttribute("aria-label", words.play);
        play.title = words.play;
      }
      function step(by) {
        // Periods without a view are passed over.
        for (let i = 1; i <= axis.labels.length; i += 1) {
          if (go(k, (place[k] + by * i + axis.labels.length * i) % axis.labels.length)) return;
        }
      }
      const play = gg.choiceButton("▶", "gg-play", function () {
        if (timer) {
          stop();
          return;
        }
        timer = setInterval(function () {
          if (place[k] === axis.labels.length - 1) stop();
          else step(1);
        }, PAUSE);
        play.textContent = "❚❚";
        play.setAttribute("aria-label", words.pause);
        play.title = words.pause;
        step(1);
      });
      stop();
      players.push(stop);
      range.addEventListener("input", function () {
        stop();
        told.textContent = axis.labels[Number(range.value)];
        // One painting a frame, however quickly the handle moves.
        if (asked) return;
        asked = requestAnimationFrame(function () {
          asked = null;
          if (!go(k, Number(range.value))) told.textContent = words.no_rows + " · " + axis.labels[Number(range.value)];
        });
      });
      function tell() {
        range.value = String(place[k]);
        range.setAttribute("aria-valuetext", axis.labels[place[k]]);
        told.textContent = axis.labels[place[k]];
      }
      listeners.push(tell);
      tell();
      for (const part of [play, range, told]) box.appendChild(part);
      return box;
    }

    // For the address of the page: what is chosen along every axis, and the two sides; nothing
    // while the page is as it opened.
    const opening = place.join(".") + (sides ? sides.opening : "");
    layer.state = function () {
      const now = place.join(".") + (sides ? sides.text() : "");
      return now === opening ? "" : now;
    };
    layer.restore = function (text) {
      const [, chosen, left, share] = STATE.exec(text) || STATE.exec(opening);
      const at = chosen.split(".").map(Number);
      const there = at.length === axes.length && axes.every((axis, k) => at[k] < axis.labels.length);
      if (!there || !data.views[viewOf(at)]) return;
      for (const stop of players) stop();
      at.forEach(function (value, k) {
        place[k] = value;
      });
      if (sides && left === undefined) sides.end();
      else if (sides) sides.begin(Number(left), Number(share) / 1000);
      show();
    };

    // Keys of a slider or list are its own, and do not move the map.
    bar.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") event.stopPropagation();
    });
    layer.choose = go;
    layer.place = place;
  };
})();
