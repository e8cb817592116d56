"""How Sphinx builds the handbook."""

project = "taxatie"
extensions = ["myst_parser"]
language = "nl"
html_theme = "alabaster"
html_title = "taxatie"
html_theme_options = {"description": "Regels die mensen kunnen lezen", "page_width": "64rem"}
exclude_patterns = ["build"]
myst_heading_anchors = 3
