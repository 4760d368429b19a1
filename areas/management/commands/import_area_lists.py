"""Takes in list files: `import_area_lists FILE… [--dry-run] [--json]`."""

from areas.imports import Kind
from areas.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports area lists, CSV or XLSX (columns of area_lists.csv, ghetto_lists_before_2018.csv or area_list_counts.csv). "
        "Exit code 1 when a row or a file was refused; a file that cannot be read changes nothing."
    )
    kinds = frozenset({Kind.AREA_LIST})
