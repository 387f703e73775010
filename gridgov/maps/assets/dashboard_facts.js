// The counts of a dashboard, see dashboard_facts.py, and their sums for what is chosen.
(function () {
  "use strict";
  const gg = window.gridgov;

  // A choice: `facets`, for each list the set of values chosen (none chosen is all), `street`
  // (-1 for all), and the first and last period.
  gg.facts = function (data, columns) {
    const rows = data.rows;
    const cell = Uint32Array.from(columns.fact_cell);
    const period = Uint16Array.from(columns.fact_period);
    const street = Uint32Array.from(columns.fact_street);
    const incidents = Float64Array.from(columns.fact_incidents, function (more) {
      return more + 1;
    });
    const facets = data.facets.map(function (facet) {
      return Uint8Array.from(columns["fact_" + facet.kind]);
    });
    const cells = columns.place.length;
    // The rows are sorted by cell: those of a cell are one run.
    const first = new Uint32Array(cells + 1);
    for (let i = 0; i < rows; i += 1) first[cell[i] + 1] += 1;
    for (let k = 0; k < cells; k += 1) first[k + 1] += first[k];

    function flagsOf(choice) {
      return data.facets.map(function (facet, f) {
        const chosen = choice.facets[f];
        return Uint8Array.from(facet.labels, function (label, at) {
          return !chosen.size || chosen.has(at) ? 1 : 0;
        });
      });
    }

    return {
      // Map and table by all lists and periods; the trend by all lists and the street; a list
      // by everything but itself; `before` is the table of as many periods just before.
      count: function (choice) {
        const flags = flagsOf(choice);
        const length = choice.to - choice.from + 1;
        const start = choice.from - length;
        const found = {
          cells: new Float64Array(cells),
          streets: new Float64Array(data.streets.length),
          before: start >= 0 ? new Float64Array(data.streets.length) : null,
          periods: new Float64Array(data.periods.length),
          facets: data.facets.map(function (facet) {
            return new Float64Array(facet.labels.length);
          }),
          all: 0,
          total: 0,
        };
        for (let i = 0; i < rows; i += 1) {
          const n = incidents[i];
          const when = period[i];
          const within = when >= choice.from && when <= choice.to;
          const here = choice.street < 0 || street[i] === choice.street;
          let failed = 0;
          let other = 0;
          for (let f = 0; f < facets.length; f += 1) {
            if (flags[f][facets[f][i]]) continue;
            failed += 1;
            other = f;
          }
          if (!failed) {
            if (within) {
              found.cells[cell[i]] += n;
              found.streets[street[i]] += n;
              found.all += n;
              if (here) found.total += n;
            } else if (found.before && when >= start && when < choice.from) {
              found.before[street[i]] += n;
            }
            if (here) found.periods[when] += n;
          }
          if (!within || !here || failed > 1) continue;
          if (failed) found.facets[other][facets[other][i]] += n;
          else for (let f = 0; f < facets.length; f += 1) found.facets[f][facets[f][i]] += n;
        }
        return found;
      },

      // The incidents chosen in one cell, by the values of one list.
      inCell: function (choice, at, f) {
        const flags = flagsOf(choice);
        const found = new Float64Array(data.facets[f].labels.length);
        for (let i = first[at]; i < first[at + 1]; i += 1) {
          if (period[i] < choice.from || period[i] > choice.to) continue;
          const passes = facets.every(function (codes, k) {
            return flags[k][codes[i]];
          });
          if (passes) found[facets[f][i]] += incidents[i];
        }
        return found;
      },
    };
  };
})();
