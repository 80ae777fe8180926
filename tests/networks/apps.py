"""Points allauth's classes at the local stand-in, in the processes of the browser tests' site."""

import os

from django.apps import AppConfig

from tests.networks import standin


class StandInConfig(AppConfig):
    name = "tests.networks"
    label = "standin"

    def ready(self) -> None:
        for owner, name, value in standin.attributes(os.environ["NETWORKS_STANDIN"]):
            setattr(owner, name, value)
