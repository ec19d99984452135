"""How it looks: one Jinja2 environment, MJML, sanitising and the plain-text part."""
