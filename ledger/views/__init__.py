"""Pages of the ledger for people of the fund, one module per subject."""
