"""Ports: whether one is free, and a free one to choose."""

import errno
import random
import socket

from jamsite.embedded.errors import StartError

QUIET_RANGE = range(20_000, 32_000)  # below the range outgoing connections take theirs from


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    try:
        _bind(host, port)
    except OSError:
        return False
    return True


def choose(preferred: int = 0) -> int:
    """Return the preferred port if it is free, else one that is."""
    candidates = [preferred] if preferred else []
    candidates += random.sample(QUIET_RANGE, 50)
    for port in candidates:
        if is_free(port):
            return port
    raise StartError("No free port was found on 127.0.0.1 for Valkey.")


def near(host: str, preferred: int, *, but: int = 0) -> int:
    """Return the first port from the preferred one on that can be listened on; not `but`."""
    for port in range(preferred, min(preferred + 200, 65536)):
        if port != but:
            try:
                _bind(host, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    return port  # `demand` says what is wrong
            else:
                return port
    return preferred


def demand(host: str, port: int, option: str) -> None:
    """Refuse, in one sentence, a port that can't be listened on."""
    try:
        _bind(host, port)
    except OverflowError:
        raise StartError(f"{port} is no port: choose one from 1024 to 65535 ({option}).") from None
    except socket.gaierror:
        raise StartError(f"{host} is no address of this machine: see --host.") from None
    except OSError as error:
        raise StartError(_why(host, port, option, error)) from None


def _why(host: str, port: int, option: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: stop it, or choose another port "
            f"with {option}, or leave it out: then a free one is taken."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: see --host."
    if error.errno == errno.EACCES:
        return f"Only root may listen on port {port}: choose one above 1023 with {option}."
    return f"Port {port} on {host} can't be used ({error.strerror}): choose another with {option}."


def _bind(host: str, port: int) -> None:
    family = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))
        trial.listen(1)
