"""Reading files about cases: CSV or XLSX in, checked rows out. Plain Python; `transitions` decides what is done."""
