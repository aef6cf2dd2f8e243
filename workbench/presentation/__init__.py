"""Charts, pages and reports: everything that draws."""
