"""What Prefect is told by its environment: to stay in the state folder, and on this machine."""

from __future__ import annotations

from newsroom.configuration import Configuration


def prefect_environment(configuration: Configuration) -> dict[str, str]:
    """The variables to set before Prefect is imported; it reads them once."""
    api = f"{configuration.prefect_url}/api"
    # The server's own address, by both names that its pages are opened under.
    own = f"{configuration.prefect_url},http://localhost:{configuration.prefect_port}"
    return {
        "PREFECT_HOME": str(configuration.prefect_home),
        "PREFECT_API_URL": api,
        # On any port but 4200 its pages stay blank without this.
        "PREFECT_SERVER_UI_API_URL": api,
        # Without these two, any page that is open in a browser of this machine could start runs.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": own,
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "DO_NOT_TRACK": "1",
        # What matters is said by the command itself; a run's end is in its state.
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        "PREFECT_LOGGING_COLORS": "false",
    }
