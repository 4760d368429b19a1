"""Pages of running efforts, one module per subject."""
