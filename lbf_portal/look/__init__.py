"""How the portal looks: the design system's markup, the words around it, and what every page needs to know."""
