"""Takes in key figures, municipalities, organisations and departments: `import_registers FILE… [--dry-run] [--json]`."""

from areas.imports import Kind
from areas.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports key figures, municipalities, housing organisations and departments, CSV or XLSX, told apart by their headings "
        "(docs/howto/import-a-list.md). Exit code 1 when a row or a file was refused; a file that cannot be read changes nothing."
    )
    kinds = frozenset(Kind) - {Kind.AREA_LIST}
