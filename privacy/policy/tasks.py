"""Jobs of the policy: thin, by id, idempotent."""

from celery import shared_task

from foundation.work import send
from privacy.policy import announcing, releases
from privacy.policy.models import PolicyNoticeRun


@shared_task(name="privacy.run_policy_notices")
def run_policy_notices(run_id: int) -> None:
    announcing.run(run_id)


@shared_task(name="privacy.policy")
def policy() -> None:
    """Put in force what is due, and tell whoever is still to be told."""
    releases.begin()
    releases.follow()
    releases.post_due()
    releases.remember()
    for run_id in PolicyNoticeRun.due():
        send("privacy.run_policy_notices", run_id)
