"""The site with production settings, behind nginx with the configuration that we hand out."""

import contextlib
import datetime
import ipaddress
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import mail_sink
from tests.e2e.site import free_port
from tests.up.processes import PROJECT

GIVEN = PROJECT / "deploy" / "nginx.conf"
OURS = PROJECT / ".tools" / "nginx" / "usr" / "sbin"
# What a distribution's nginx.conf has around the site's own; as the site's user, in one folder.
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/jamsite.conf;
}}
"""


class Production:
    """Everything but PostgreSQL and Valkey, which are given like any others."""

    def __init__(self, folder: Path, services: dict[str, str], mail: tuple[int, list[str]]) -> None:
        self.folder = folder
        self.letters = mail[1]
        self.port, self.plain_port = free_port(), free_port()
        self.web_port, self.socket_port = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        self.media = folder / "media"
        self.log = folder / "up.log"
        self.running: list[subprocess.Popen[bytes]] = []
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            **services,
            "DJANGO_SETTINGS_MODULE": "jamsite.settings.production",
            "JAMSITE_DATA": str(folder / "data"),
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(self.media),
            "MEDIA_ACCEL_PREFIX": "/protected/",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "LEDGER_KEY": secrets.token_urlsafe(32),
            "RECEIPT_KEYS": "first:nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": "localhost",
            "TRUSTED_PROXIES": "1",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail[0]),
            "EMAIL_SECURITY": "none",
            "EMAIL_FROM": "Jamsite <hello@jam.example>",
            "CONTACT_EMAIL": "privacy@jam.example",
            "OPERATOR_NAME": "Jam Makers e. V.",
            "REGION": "Ghent",
        }

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT, env={**self.environment, **more}, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    @property
    def up(self) -> list[str]:
        return ["up", "--port", str(self.web_port), "--socket-port", str(self.socket_port)]

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "manage.py", *self.up],
                    cwd=PROJECT,
                    env=self.environment,
                    stdout=output,
                    stderr=output,
                )
            )
        self._start_proxy()
        end = time.monotonic() + 240
        while "Ready in" not in self.log.read_text():
            assert self.running[0].poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.3)

    def _start_proxy(self) -> None:
        folder = self.folder / "nginx"
        folder.mkdir()
        _certificate(folder)
        text = GIVEN.read_text()
        for ours, here in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
            ("/etc/ssl/jamsite/", f"{folder}/"),
            ("127.0.0.1:8000;", f"127.0.0.1:{self.web_port};"),
            ("127.0.0.1:8001;", f"127.0.0.1:{self.socket_port};"),
            ("/var/lib/jamsite/media/", f"{self.media}/"),
            ("server_name jamsite.example;", "server_name localhost;"),
        ):
            text, times = re.subn(re.escape(ours), here, text)
            assert times, ours
        (folder / "jamsite.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
        path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(OURS)])
        program = shutil.which("nginx", path=path)
        assert program, "nginx is missing: run `make ready-test`"
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with (folder / "output.log").open("wb") as output:
            self.running.append(subprocess.Popen(command, stdout=output, stderr=output))

    def stop(self) -> None:
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            if process.poll() is None:
                process.kill()
                process.wait()

    def client(self) -> httpx.Client:
        """Return a client that trusts the certificate, as every browser does a real one."""
        trusting = ssl.create_default_context(cafile=self.folder / "nginx" / "fullchain.pem")
        return httpx.Client(base_url=self.url, verify=trusting, timeout=30)

    def mailed(self, address: str, part: str) -> str:
        """Return the newest link with `part` that was sent to an address, or nothing."""
        for one in reversed(self.letters):
            letter, text = mail_sink.read(one)
            found = re.search(rf"https://\S+/{part}/\S+", text)
            if address in letter["To"] and found:
                return found[0]
        return ""


def _certificate(folder: Path) -> None:
    """Write a certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
