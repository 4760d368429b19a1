#!/usr/bin/env python
"""Django's command line for the portal; `./portal manage …` prepares the environment and calls it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbf_portal.settings.dev")
    # After the settings are named: Django reads them on import.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
