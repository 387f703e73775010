// What a reader chooses of a map of cells: the measure, the group, the period with a slider
// that plays, and two views on either side of a handle.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const PAUSE = 800;

  function button(text, className, press) {
    const made = node("button", className, text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  }

  function select(heading, labels, change) {
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
  }

  // The legend of a view: its classes with the number of cells in each.
  function sectionOf(layer) {
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
    return { heading: measure.legend, rows: rows, help: measure.help };
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
    function show() {
      const view = viewOf(place);
      if (!data.views[view]) return;
      layer.set(view);
      if (data.legend_place !== null) shown.legend.set(data.legend_place, sectionOf(layer));
      const lines = shown.foot.querySelectorAll("p");
      data.views[view].foot.forEach(function (text, i) {
        if (lines[i] && lines[i].textContent !== text) lines[i].textContent = text;
      });
      for (const listener of listeners) listener();
      shown.card.refresh();
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
      const chosen = select(axis.heading, axis.labels, function (to) {
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
    if (data.comparable !== false) bar.appendChild(compare());
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
      const play = button("▶", "gg-play", function () {
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

    // The last axis that varies is compared: periods, else groups, else measures.
    function compare() {
      const k = axes.lastIndexOf(varying[varying.length - 1]);
      const axis = axes[k];
      const map = shown.map;
      const box = node("div", "gg-compare");
      const handle = node("div", "gg-handle");
      let share = 0.5;
      let before = place[k] > 0 ? 0 : Math.min(1, axis.labels.length - 1);
      let other = null;

      const toggle = button(words.compare, "", function () {
        if (other) end();
        else begin();
      });
      toggle.setAttribute("aria-pressed", "false");
      const left = select(words.left, axis.labels, function (to) {
        before = to;
        renew();
      });
      left.label.hidden = true;
      const tags = [node("span", "gg-tag gg-tag-left"), node("span", "gg-tag gg-tag-right")];
      for (const tag of tags) handle.appendChild(tag);
      handle.appendChild(node("span", "gg-grip", "⇔"));
      handle.tabIndex = 0;
      handle.setAttribute("role", "slider");
      handle.setAttribute("aria-label", words.handle);
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", "100");
      L.DomEvent.disableClickPropagation(handle);

      function cut() {
        return share * map.getSize().x;
      }
      function lay() {
        handle.style.left = cut() + "px";
        handle.setAttribute("aria-valuenow", String(Math.round(100 * share)));
        layer.clip();
        if (other) other.clip();
      }
      function move(to) {
        share = Math.max(0.02, Math.min(0.98, to));
        lay();
      }
      function at() {
        const there = place.slice();
        there[k] = before;
        return there;
      }
      function renew() {
        if (!other) return;
        // The chosen group or measure need not have the period on the left.
        if (data.views[viewOf(at())]) other.set(viewOf(at()));
        tags[0].textContent = axis.labels[before];
        tags[1].textContent = axis.labels[place[k]];
        shown.card.refresh();
        lay();
      }
      function begin() {
        if (!map.hasLayer(layer)) return;
        other = layer.twin ? layer.twin() : new gg.Cells(data, layer.columns, layer.shapes);
        other.kept = layer.kept;
        if (data.views[viewOf(at())]) other.take(viewOf(at()));
        other.left = true;
        other.cut = layer.cut = cut;
        other.label = function () {
          return nameOf(at());
        };
        layer.other = other;
        other.addTo(map);
        map.getContainer().appendChild(handle);
        map.on("move zoomend resize viewreset", lay);
        toggle.setAttribute("aria-pressed", "true");
        left.label.hidden = false;
        left.list.value = String(before);
        renew();
      }
      function end() {
        if (!other) return;
        map.off("move zoomend resize viewreset", lay);
        other.remove();
        other = null;
        layer.other = null;
        layer.cut = null;
        layer.clip();
        handle.remove();
        toggle.setAttribute("aria-pressed", "false");
        left.label.hidden = true;
        shown.card.refresh();
      }
      handle.addEventListener("pointerdown", function (event) {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
      });
      handle.addEventListener("pointermove", function (event) {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        const box = map.getContainer().getBoundingClientRect();
        move((event.clientX - box.left) / box.width);
      });
      handle.addEventListener("keydown", function (event) {
        const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 }[event.key];
        if (step) move(share + step);
        else if (event.key === "Home") move(0);
        else if (event.key === "End") move(1);
        else return;
        // Leaflet would move the map by the same keys.
        event.preventDefault();
        event.stopPropagation();
      });
      listeners.push(renew);
      layer.on("remove", end);
      box.appendChild(toggle);
      box.appendChild(left.label);
      return box;
    }

    // Keys of a slider or list are its own, and do not move the map.
    bar.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") event.stopPropagation();
    });
    layer.choose = go;
    layer.place = place;
  };
})();
