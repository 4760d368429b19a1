"""Reading files for the registers: CSV or XLSX in, checked rows out. Plain Python; areas/transitions decides what is done.

What is wrong with a file as a whole refuses the file, so that a half-read one changes nothing; what is wrong in a row refuses
the row. The columns of each kind stand in its module and in docs/howto/import-a-list.md.
"""

from areas.imports.kinds import Kind, ReadFile, Row, kind_of, read, read_path
from areas.imports.refusals import Refusal, RowRefused

__all__ = ["Kind", "ReadFile", "Refusal", "Row", "RowRefused", "kind_of", "read", "read_path"]
