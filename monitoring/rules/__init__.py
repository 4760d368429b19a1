"""Rules of a running effort: plain Python, no Django."""
