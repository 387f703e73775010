// The tools beside a map, and the panels they open; search and measure fill theirs themselves.
(function () {
  "use strict";
  const gg = window.gridgov;
  const node = gg.node;

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
      panel("search", gg.search.bind(null, shown));
      add("whole", shown.fit);
      fullScreen(shown, add("full"));
      panel("measure", gg.measure.bind(null, shown));
      panel("link", link.bind(null, shown));
      panel("print", function (box) {
        const row = node("div", "gg-row");
        for (const paper of ["A4", "A3"]) {
          row.appendChild(
            gg.plainButton(paper, function () {
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
