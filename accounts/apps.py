from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_used

        from accounts.security.guarding import code_was_used
        from accounts.security.services import codes

        codes.install()
        authenticator_used.connect(code_was_used, dispatch_uid="accounts.recovery")
