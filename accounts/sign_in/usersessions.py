"""allauth's list of sign-ins, without its walk over all of them at each new one."""

from typing import Any

from allauth.usersessions.apps import UserSessionsConfig


class SignInsConfig(UserSessionsConfig):  # type: ignore[misc]
    """allauth asks of each older sign-in whether it still holds: three queries a row.

    Here `sign_ins.forget_ended` does, a job's work, and lists leave out what has ended.
    """

    def ready(self) -> None:
        super().ready()
        # Models, which need every app loaded.
        from allauth.account.signals import user_logged_in  # noqa: PLC0415
        from allauth.usersessions import signals  # noqa: PLC0415

        user_logged_in.disconnect(signals.on_user_logged_in)
        user_logged_in.connect(_note, dispatch_uid="accounts.sign_ins")


def _note(sender: Any, **about: Any) -> None:
    from allauth.usersessions.models import UserSession  # noqa: PLC0415  (as above)

    UserSession.objects.create_from_request(about["request"])
