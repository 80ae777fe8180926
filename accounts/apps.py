from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Models, which need every app loaded.
        from allauth.mfa.signals import authenticator_used  # noqa: PLC0415

        from accounts.security.guarding import code_was_used  # noqa: PLC0415
        from accounts.security.services import codes  # noqa: PLC0415

        codes.install()
        authenticator_used.connect(code_was_used, dispatch_uid="accounts.recovery")
