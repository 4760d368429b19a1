"""The rules of applications: one module per subject, plain Python, no database, no clock.

A rule module names its act or regulation and the rule's number in the domain dossier, holds what it needs to know in a
frozen `Facts`, and answers `check(facts) -> list[Violation]`. Rates stand in a table at its top, one row per rule set, so
that an old decision can still be explained. `rule_sets` itself is such a table: it decides nothing.
"""
