"""Meeting packs: pages, workbooks and tables written from finished tables."""
