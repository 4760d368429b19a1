"""What a higher app may listen to. Sent inside the transaction, so a receiver that fails undoes the act."""

from django.dispatch import Signal

# Two organisations merged. Sends `predecessor`, `successor`, `effective_on` (date), `by` (Actor), `at` (datetime).
organisations_merged = Signal()

# A person lost roles in an organisation, at once. Sends `user`, `organisation`, `taken` and `left` (sets of Role), `by`, `at`.
roles_taken = Signal()
