"""Settings of work outside the request: how Celery carries it, and what runs when."""

from celery.schedules import crontab

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Work is a row first; these only bring a killed worker's message back sooner.
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "celery:",
    "socket_connect_timeout": 2,
    "retry_policy": {"timeout": 2.0},
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
NIGHTLY = crontab(hour="3", minute="10")
CELERY_BEAT_SCHEDULE = {
    "privacy-sweep": {"task": "privacy.sweep", "schedule": 10},
    "privacy-requests": {"task": "privacy.watch_requests", "schedule": 300},
    "privacy-secrets": {"task": "privacy.tell_what_was_secret", "schedule": 3600},
    "privacy-expire": {"task": "privacy.expire", "schedule": 3600},
    "policy": {"task": "privacy.policy", "schedule": 60},
    "privacy-store": {"task": "privacy.rewrite_store", "schedule": 3600},
    "privacy-usage": {"task": "privacy.count_usage", "schedule": 3600},
    "privacy-prove": {"task": "privacy.prove_erasures", "schedule": 3600},
    "privacy-back-up": {
        "task": "privacy.back_up",
        "schedule": NIGHTLY,
    },
    "privacy-expire-backups": {"task": "privacy.expire_backups", "schedule": 6 * 3600},
    "accounts-sweep": {"task": "accounts.sweep", "schedule": 60},
    "accounts-tidy": {"task": "accounts.tidy", "schedule": 300},
    "schools-tidy": {"task": "schools.tidy", "schedule": 300},
    "accounts-visits": {"task": "accounts.note_visits", "schedule": 3600},
    "sessions-sweep": {"task": "sessions_app.sweep", "schedule": 10},
    "sessions-tidy": {"task": "sessions_app.tidy", "schedule": 3600},
}
