"""`python -m lbf_portal.workbench`: what `./portal` hands over to."""

import sys

from lbf_portal.workbench.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
