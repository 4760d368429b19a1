"""Tags of pages that show what another app holds: no app below another may import it."""
