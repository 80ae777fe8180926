"""Settings of the logs."""

# Logs say what happened and never to whom: no addresses, no names, no query strings.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "nameless": {
            "()": "foundation.logs.Nameless",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"routes": {"()": "foundation.logs.Routes"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "nameless",
            "filters": ["routes"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # not twice, and never as Django writes it
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # The servers' own, which they set up before they load the site.
        **{
            name: {"handlers": ["console"], "level": "WARNING", "propagate": False}
            for name in ("_granian", "uvicorn", "uvicorn.error")
        },
        **{
            name: {"handlers": [], "level": "CRITICAL", "propagate": False}
            for name in ("granian.access", "uvicorn.access")
        },
    },
}
