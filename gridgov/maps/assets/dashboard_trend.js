// The trend: a bar a period, read by pointer and keys, and a range of periods to choose.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const SPACE = "http://www.w3.org/2000/svg";
  const [LEFT, RIGHT, TOP, BOTTOM] = [52, 10, 8, 22];

  function shape(name, values, text) {
    const made = document.createElementNS(SPACE, name);
    for (const key of Object.keys(values)) made.setAttribute(key, values[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Steps of the axis: 1, 2 or 5 times a power of ten, whole, at most so many.
  function stepOf(most, steps) {
    const least = Math.max(1, most / steps);
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least - 1e-9);
  }

  // `choose(from, to)` takes a range of periods.
  gg.dashTrend = function (box, data, choose) {
    const words = data.dash;
    const labels = data.periods;
    const last = labels.length - 1;
    const bar = node("div", "gg-trend-head");
    const heading = node("h2", "", data.trend);
    const what = node("span", "gg-trend-what");
    const told = node("output", "gg-trend-told");
    const ranges = node("div", "gg-trend-range");
    const field = node("div", "gg-trend-field");
    const drawing = shape("svg", { "aria-hidden": "true" });
    heading.appendChild(what);
    told.setAttribute("aria-live", "off");

    function select(name, change) {
      const label = node("label", "gg-choice", name + " ");
      const list = node("select");
      labels.forEach(function (text, i) {
        const option = node("option", "", text);
        option.value = String(i);
        list.appendChild(option);
      });
      list.addEventListener("change", function () {
        change(Number(list.value));
      });
      label.appendChild(list);
      ranges.appendChild(label);
      return list;
    }
    const from = select(words.from, function (to) {
      choose(to, Math.max(to, chosen.to));
    });
    const to = select(words.to, function (at) {
      choose(Math.min(at, chosen.from), at);
    });
    const all = gg.plain(words.all_periods, "", function () {
      choose(0, last);
    });
    ranges.appendChild(all);
    for (const part of [heading, told, ranges]) bar.appendChild(part);
    field.tabIndex = 0;
    field.setAttribute("role", "slider");
    field.setAttribute("aria-label", data.trend + ". " + words.trend_keys);
    field.setAttribute("aria-valuemin", "0");
    field.setAttribute("aria-valuemax", String(last));
    field.appendChild(drawing);
    box.appendChild(bar);
    box.appendChild(field);

    let chosen = { from: 0, to: last };
    let counts = new Float64Array(labels.length);
    let read = -1;
    let anchor = -1;
    let [width, height] = [0, 0];
    let bars = [];

    function stepX() {
      return (width - LEFT - RIGHT) / labels.length;
    }
    function placeOf(event) {
      const x = event.clientX - field.getBoundingClientRect().left - LEFT;
      return Math.max(0, Math.min(last, Math.floor(x / stepX())));
    }
    function say(at) {
      return labels[at] + ": " + gg.grouped(counts[at]);
    }
    function point(at) {
      if (bars[read]) bars[read].classList.remove("gg-read");
      read = at;
      if (bars[at]) bars[at].classList.add("gg-read");
      told.textContent = at < 0 ? "" : say(at);
    }
    function tellKeys() {
      const at = read < 0 ? chosen.to : read;
      field.setAttribute("aria-valuenow", String(at));
      field.setAttribute("aria-valuetext", say(at));
    }

    function draw() {
      width = field.clientWidth;
      height = field.clientHeight;
      drawing.textContent = "";
      bars = [];
      if (width < LEFT + RIGHT + 20 || height < 40) return;
      drawing.setAttribute("width", width);
      drawing.setAttribute("height", height);
      drawing.setAttribute("viewBox", "0 0 " + width + " " + height);
      const plot = height - TOP - BOTTOM;
      const most = Math.max(1, ...counts);
      const step = stepOf(most, Math.max(1, Math.floor(plot / 26)));
      const top = Math.ceil(most / step) * step;
      const y = (value) => TOP + plot * (1 - value / top);
      for (let value = 0; value <= top; value += step) {
        drawing.appendChild(shape("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), class: value ? "gg-grid" : "gg-axis" }));
        drawing.appendChild(shape("text", { x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, gg.grouped(value)));
      }
      const wide = stepX();
      const gap = wide > 5 ? Math.min(4, wide * 0.2) : wide > 2 ? 0.5 : 0;
      const part = chosen.from > 0 || chosen.to < last;
      if (part) {
        drawing.appendChild(shape("rect", { x: LEFT + chosen.from * wide, y: TOP, width: (chosen.to - chosen.from + 1) * wide, height: plot, class: "gg-range" }));
      }
      counts.forEach(function (count, i) {
        const within = i >= chosen.from && i <= chosen.to;
        const made = shape("rect", {
          x: LEFT + i * wide + gap / 2,
          y: y(count),
          width: Math.max(0.5, wide - gap),
          height: Math.max(0, TOP + plot - y(count)),
          class: within ? "gg-in" : "gg-out",
        });
        bars.push(made);
        drawing.appendChild(made);
      });
      // As many names of periods as have room.
      const room = 8 + 7.2 * labels.reduce((most, text) => Math.max(most, text.length), 0);
      const every = Math.max(1, Math.ceil(room / wide));
      for (let i = 0; i <= last; i += every) {
        const middle = LEFT + (i + 0.5) * wide;
        if (every > 1) drawing.appendChild(shape("line", { x1: middle, x2: middle, y1: TOP + plot, y2: TOP + plot + 4, class: "gg-axis" }));
        const edge = Math.max(room / 2 - 4, Math.min(width - room / 2 + 4, middle));
        drawing.appendChild(shape("text", { x: edge, y: height - 6, "text-anchor": "middle" }, labels[i]));
      }
      if (read >= 0) point(read);
    }

    field.addEventListener("pointermove", function (event) {
      if (!bars.length) return;
      const at = placeOf(event);
      point(at);
      if (anchor >= 0) choose(Math.min(anchor, at), Math.max(anchor, at));
    });
    field.addEventListener("pointerleave", function () {
      if (anchor < 0) point(-1);
    });
    field.addEventListener("pointerdown", function (event) {
      if (event.button || !bars.length) return;
      const at = placeOf(event);
      // A second press on the one period chosen lets go of it.
      const again = chosen.from === at && chosen.to === at && last > 0;
      anchor = again ? -1 : at;
      if (!again) field.setPointerCapture(event.pointerId);
      if (again) choose(0, last);
      else choose(at, at);
      point(at);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      field.addEventListener(end, function () {
        anchor = -1;
      });
    }
    let fixed = -1;
    field.addEventListener("keydown", function (event) {
      const at = read < 0 ? chosen.to : read;
      const far = Math.max(2, Math.round(labels.length / 10));
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at + far, PageDown: at - far, Home: 0, End: last }[event.key];
      if (to !== undefined) {
        // The first arrow reads where the reader is.
        const starts = read < 0 && !event.shiftKey && event.key.startsWith("Arrow");
        const now = starts ? at : Math.max(0, Math.min(last, to));
        if (!event.shiftKey) fixed = -1;
        else if (fixed < 0) fixed = at;
        point(now);
        if (event.shiftKey) choose(Math.min(fixed, now), Math.max(fixed, now));
      } else if (event.key === "Enter" || event.key === " ") {
        choose(at, at);
      } else if (event.key === "Escape") {
        choose(0, last);
      } else {
        return;
      }
      tellKeys();
      event.preventDefault();
      event.stopPropagation();
    });
    field.addEventListener("blur", function () {
      fixed = -1;
      point(-1);
    });
    if (window.ResizeObserver) new ResizeObserver(draw).observe(field);

    return {
      draw: draw,
      update: function (choice, found, name) {
        chosen = { from: choice.from, to: choice.to };
        counts = found.periods;
        what.textContent = name;
        from.value = String(chosen.from);
        to.value = String(chosen.to);
        all.disabled = chosen.from === 0 && chosen.to === last;
        draw();
        tellKeys();
      },
    };
  };
})();
