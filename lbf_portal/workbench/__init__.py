"""The workbench: what `./portal` does. It starts and stops programs; the portal itself knows nothing of it."""
