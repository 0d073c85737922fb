"""Import and export: the records as tables, CSV or JSON."""
