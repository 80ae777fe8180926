import pytest

from tests.cast import Cast
from tests.privacy.world import World


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)
