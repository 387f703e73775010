// Shapes that take on other colors and numbers with the measure, group and period chosen:
// streets by month and channel, tracks by day, the walks of a plan.
(function () {
  "use strict";
  const gg = window.gridgov;
  const SHOWN = {
    count: gg.grouped,
    score: gg.scoreOf,
    probability: gg.shareOf,
    percent: function (thousandths) {
      return thousandths < 0 ? "–" : Math.round(thousandths / 10) + " %";
    },
  };

  gg.ShapeViews = gg.Shapes.extend({
    initialize: function (data, columns, map) {
      this.map = map;
      this.all = { data: data, columns: columns };
      gg.Shapes.prototype.initialize.call(this, data, columns, map);
      this.take(data.first);
    },

    // What the drawing reads is that of the view; behind it stand the places, and the page.
    take: function (view) {
      const { data, columns } = this.all;
      this.view = view;
      this.number = data.views[view].measure;
      this.measure = data.measures[this.number];
      this.absent = this.measure.palette.length - 1;
      const { palette, classes, styles } = this.measure;
      this.data = Object.assign(Object.create(data), { palette: palette, classes: classes, styles: styles });
      this.columns = Object.assign(Object.create(columns), { class: columns["class_" + view]() });
      this.lines = Object.create(null);
    },

    set: function (view) {
      if (view === this.view) return;
      this.take(view);
      this.repaint();
      this.fire("view");
    },

    repaint: gg.Cells.prototype.repaint,
    clip: gg.Cells.prototype.clip,

    paint: function (ctx, bounds, scale, origin) {
      gg.Shapes.prototype.paint.call(this, ctx, bounds, scale, origin);
      this.clip();
    },

    has: function (i) {
      return this.columns.class[i] < this.absent;
    },

    rest: function () {
      return this.data.shape === "areas" && this.data.rest;
    },

    // An area without a row is drawn as one without an answer, and nothing else is.
    meeting: function (w, n, e, s, pixels, scale) {
      const found = gg.Shapes.prototype.meeting.call(this, w, n, e, s, pixels, scale);
      return this.rest() ? found : found.filter(this.has, this);
    },

    find: function (latlng) {
      const other = this.other && this.other._map && this._map.latLngToContainerPoint(latlng).x < this.cut();
      const layer = other ? this.other : this;
      const found = gg.Shapes.prototype.find.call(layer, latlng);
      return found && { key: other ? "left " + found.key : found.key, shape: found.key, layer: layer };
    },

    mark: function (found) {
      gg.Shapes.prototype.mark.call(this, found && { key: found.shape });
    },

    valueOf: function (line, i) {
      const name = "line_" + (this.data.once ? this.number : this.view) + "_" + line;
      if (!this.lines[name]) this.lines[name] = this.columns[name]();
      return this.lines[name][i];
    },

    tell: function (found) {
      return (found.layer || this).told(found.shape);
    },

    told: function (i) {
      const { columns, data, measure } = this;
      const content = document.createDocumentFragment();
      content.appendChild(gg.node("h2", "", this.title(i)));
      if (data.subtitles && columns.subtitle[i] >= 0) {
        content.appendChild(gg.node("p", "gg-sub", data.subtitles[columns.subtitle[i]]));
      }
      const label = this.label ? this.label() : "";
      if (label) content.appendChild(gg.node("p", "gg-view", label));
      const rows = [];
      (this.has(i) ? measure.lines : []).forEach(function (line, k) {
        const code = line.kind === "class" ? columns.class[i] : this.valueOf(k, i);
        if (line.kind === "class") {
          const mark = { areas: "fill", points: "symbol" }[data.shape] || "stroke";
          rows.push([line.heading, data.classes[code], gg.swatch(mark, data.palette[code], data.styles[code])]);
        } else if (line.kind === "name") {
          if (code >= 0) rows.push([line.heading, line.names[code]]);
        } else if (line.kind === "digits") {
          const text = gg.digitsOf(code);
          if (text) rows.push([line.heading, text]);
        } else rows.push([line.heading, SHOWN[line.kind](code)]);
      }, this);
      if (!this.has(i)) rows.push([data.words.density_class, data.words.no_answer]);
      content.appendChild(gg.rowsOf(rows));
      return content;
    },

    seek: function (wanted) {
      const hits = gg.Shapes.prototype.seek.call(this, wanted).filter(function (hit) {
        return this.rest() || this.has(hit.found.key);
      }, this);
      for (const hit of hits) hit.found = { key: hit.found.key, shape: hit.found.key, layer: this };
      return hits;
    },

    // The other side of the handle when two views are compared.
    twin: function () {
      const made = new gg.ShapeViews(this.all.data, this.all.columns, this.map);
      [made.flat, made.boxes] = [this.flat, this.boxes];
      return made;
    },

    framed: function (shown) {
      const { data } = this.all;
      if (data.follows !== null) {
        const leader = shown.parts[data.follows];
        leader.on("view", function () {
          this.set(leader.view);
        }, this);
        return;
      }
      this.on("view", function () {
        const { bounds, legend } = data.views[this.view];
        legend.forEach(function (section, place) {
          shown.legend.set(place, section);
        });
        // The whole map is then that of the view, also on paper.
        if (!bounds) return;
        shown.page.bounds = bounds;
        shown.fit();
      });
      gg.cellChoices(this, shown);
    },
  });

  gg.kinds.shape_views = function (data, columns, map) {
    return new gg.ShapeViews(data, columns, map);
  };
})();
