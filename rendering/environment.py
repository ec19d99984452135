from jinja2 import Environment
def web_environment(**options): return Environment(**options)
