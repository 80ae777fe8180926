"""Whole sign-ins through the real server, beside bare bcrypt checks of the same cost.

A sign-in is the page and the form's POST: CSRF check, limits, password, web session, the record of
the sign-in. Nothing may cost more than the hash that is meant to. One connection, one thread busy
on either side; sign-ins and checks take turns, medians count.
"""

import http.client
import re
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlencode

from bench.place import free_port, granian, place
from bench.rows import Row, row

ROUNDS, EACH = 7, 4
NAME, PASSWORD = "signin", "a stave has five lines"


def measure() -> list[Row]:
    services = place()
    port = free_port()
    encoded = _person()
    services.serve("web", granian(port), port)
    try:
        _sign_in(port)  # what is slow the first time
        _check(encoded)
        ours, floor = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(lambda: _sign_in(port)))
            floor.append(_rate(lambda: _check(encoded)))
    finally:
        services.stop("web")
    value, least = statistics.median(ours), statistics.median(floor)
    note = (
        f"{1000 / value:.0f} ms a sign-in, {1000 / least:.0f} ms a check; the rest is "
        f"{1000 / value - 1000 / least:.0f} ms; one connection, {ROUNDS} turns of {EACH}; floor: "
        "check_password with Django's BCryptSHA256PasswordHasher"
    )
    return [row("sign-in", value, least, unit="sign-ins/s", better="higher", note=note)]


def _person() -> str:
    """Make somebody who can sign in, and return their hash."""
    from allauth.account.models import EmailAddress

    from accounts.models import User

    user = User.objects.filter(username=NAME).first()
    if user is None:
        user = User.objects.create_user(NAME, f"{NAME}@mail.example", PASSWORD)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return str(user.password)


def _check(encoded: str) -> None:
    from django.contrib.auth.hashers import check_password

    if not check_password(PASSWORD, encoded):
        raise RuntimeError("the floor's check failed")


def _sign_in(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/account/login/")
    page = connection.getresponse()
    cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token is not None
    form = urlencode({"login": NAME, "password": PASSWORD, "csrfmiddlewaretoken": token[1]})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/account/login/", form, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 302:
        raise RuntimeError(f"the sign-in was answered with {answer.status}")


def _rate(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    for _ in range(EACH):
        work()
    return EACH / (time.perf_counter() - begun)
