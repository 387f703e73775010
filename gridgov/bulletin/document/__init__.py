"""A document of numbers, tables and figures, and its renderings: DOCX, PPTX, XLSX, HTML, JSON."""
