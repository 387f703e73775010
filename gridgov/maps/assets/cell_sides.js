// Two views of a map of cells on either side of a handle: two periods, groups or measures of
// one table, or two tables. Both have the same classes.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;
  const STEPS = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 };

  // `chosen` is what a reader has chosen, see cell_choices.js: the place along every axis,
  // the axis `k` that is compared, and what makes views and their names of places.
  gg.cellSides = function (layer, shown, chosen) {
    const { data } = layer;
    const { k, place, viewOf, nameOf } = chosen;
    const axis = data.axes[k];
    const words = data.words;
    const map = shown.map;
    const box = node("div", "gg-compare");
    const handle = node("div", "gg-handle");
    // What a page opens with is on the left; else the first, or the second beside the first.
    const asked = data.compare !== undefined && data.compare !== null;
    let share = 0.5;
    let before = asked ? data.compare : place[k] > 0 ? 0 : Math.min(1, axis.labels.length - 1);
    let other = null;

    const toggle = gg.choiceButton(words.compare, "", function () {
      if (other) end();
      else begin(before, share);
    });
    toggle.setAttribute("aria-pressed", "false");
    const left = gg.choiceList(words.left, axis.labels, function (to) {
      before = to;
      renew();
      map.fire("gg-state");
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
    function within(to) {
      return Math.max(0.02, Math.min(0.98, to));
    }
    function move(to) {
      share = within(to);
      lay();
      map.fire("gg-state");
    }
    function placeOf(i) {
      const there = place.slice();
      there[k] = i;
      return there;
    }
    // The chosen group or measure need not have the period on the left: the nearest that it
    // has then, rather than one the tag does not name.
    function settle() {
      if (data.views[viewOf(placeOf(before))]) return;
      let best = place[k];
      axis.labels.forEach(function (text, i) {
        const nearer = best === place[k] || Math.abs(i - before) < Math.abs(best - before);
        if (i !== place[k] && nearer && data.views[viewOf(placeOf(i))]) best = i;
      });
      before = best;
    }
    function renew() {
      if (!other) return;
      settle();
      other.set(viewOf(placeOf(before)));
      left.list.value = String(before);
      tags[0].textContent = axis.labels[before];
      tags[1].textContent = axis.labels[place[k]];
      shown.card.refresh();
      lay();
    }
    function begin(wanted, to) {
      before = Math.min(wanted, axis.labels.length - 1);
      share = within(to);
      if (other || !map.hasLayer(layer)) {
        renew();
        return;
      }
      settle();
      other = layer.twin ? layer.twin() : new gg.Cells(data, layer.columns, layer.shapes);
      other.kept = layer.kept;
      other.take(viewOf(placeOf(before)));
      other.left = true;
      other.cut = layer.cut = cut;
      other.label = function () {
        return nameOf(placeOf(before));
      };
      layer.other = other;
      other.addTo(map);
      map.getContainer().appendChild(handle);
      map.on("move zoomend resize viewreset", lay);
      toggle.setAttribute("aria-pressed", "true");
      left.label.hidden = false;
      renew();
      chosen.legend();
      map.fire("gg-state");
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
      chosen.legend();
      shown.card.refresh();
      map.fire("gg-state");
    }
    handle.addEventListener("pointerdown", function (event) {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", function (event) {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const frame = map.getContainer().getBoundingClientRect();
      move((event.clientX - frame.left) / frame.width);
    });
    handle.addEventListener("keydown", function (event) {
      const step = STEPS[event.key];
      if (step) move(share + step);
      else if (event.key === "Home") move(0);
      else if (event.key === "End") move(1);
      else return;
      // Leaflet would move the map by the same keys.
      event.preventDefault();
      event.stopPropagation();
    });
    chosen.listeners.push(renew);
    layer.on("remove", end);
    // Layers come onto the map after all is set up.
    if (asked) {
      layer.once("add", function () {
        begin(before, share);
      });
    }
    box.appendChild(toggle);
    box.appendChild(left.label);
    return {
      box: box,
      begin: begin,
      end: end,
      // For the address of the page, as it opens and now.
      opening: asked ? "~" + before + "~500" : "",
      text: function () {
        return other ? "~" + before + "~" + Math.round(1000 * share) : "";
      },
      // Whose numbers the legend has while two views are compared.
      whose: function () {
        return other ? axis.labels[place[k]] : "";
      },
    };
  };
})();
