"""`python -m applications.files PATH`: judge one file within limits, and print what was found as JSON."""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path

from applications.files import judging

MEMORY = 1024**3
PROCESSOR_SECONDS = 60


def main(path: str) -> None:
    """Set the limits first: no more memory, time or bytes written than judging takes.

    The limits hold a file that is too much; they are no wall. The process runs as the same user as the worker, so code that got
    hold of it could still read what the worker reads. Nothing is executed here, and that is what is relied on.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)  # pypdf tells every oddity of a file
    print(json.dumps(judging.judge(Path(path)).as_json()))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(sys.argv[1])
