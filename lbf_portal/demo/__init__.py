"""What makes a demo of the portal: people without passwords, their mails in a folder, invented cases.

Installed by `lbf_portal.settings.demo` alone; nothing outside this package may import it (import-linter), and a test
proves that production knows none of it.
"""
