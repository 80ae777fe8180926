"""A passkey kept by a device, in software: what WebAuthn Level 2 asks of an authenticator.

Attestation "none", ES256, user present and verified. It answers the options as a server sends them.
"""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

AAGUID = b"\0" * 16
PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    """One key for one account at one site. `origin` is what the device says that it talks to."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user_handle = ""
        self.rp_id = ""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer creation options with the credential."""
        about = options["publicKey"]
        self.rp_id = about["rp"]["id"]
        self.user_handle = about["user"]["id"]
        data = self._client_data("webauthn.create", about["challenge"])
        public = AttestedCredentialData.create(
            AAGUID, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        told = self._told(AuthenticatorData.FLAG.AT, public)
        made = AttestationObject.create("none", told, {})
        return self._credential(
            {"clientDataJSON": websafe_encode(data), "attestationObject": websafe_encode(made)}
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer request options with a signature."""
        data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        told = self._told(AuthenticatorData.FLAG(0))
        signature = self.key.sign(told + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": websafe_encode(data),
                "authenticatorData": websafe_encode(told),
                "signature": websafe_encode(signature),
                "userHandle": self.user_handle,
            }
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        websafe_decode(challenge)  # else it is none
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _told(self, flags: Any, public: Any = b"") -> AuthenticatorData:
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return AuthenticatorData.create(rp, PRESENT_AND_VERIFIED | flags, 0, public)

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response,
                "clientExtensionResults": {}}  # fmt: skip
