"""What passes between two players who go through the relay: no address but the relay's own."""

import ipaddress
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.signalling import (
    MAX_CANDIDATE,
    MAX_LINES,
    MAX_SDP,
    Unfit,
    relay_candidate,
    relay_sdp,
    without_addresses,
)

RELAY = "203.0.113.9"
RELAYED = f"candidate:1 1 udp 41885439 {RELAY} 50001 typ relay raddr 0.0.0.0 rport 0"

# What Chromium 120 offers for sound and data, with the addresses that it may hold put in.
OFFER = """v=0
o=- 4611731400430051336 2 IN IP4 192.168.7.31
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 8b1f7c
m=audio 50000 UDP/TLS/RTP/SAVPF 111 63 9
c=IN IP4 192.168.7.31
a=rtcp:50001 IN IP6 2001:db8::7
a=candidate:1 1 udp 2113937151 192.168.7.31 50000 typ host generation 0 network-cost 999
a=candidate:2 1 udp 2113937151 4c1f.local 50000 typ host generation 0
a=candidate:3 1 udp 1677729535 198.51.100.4 50000 typ srflx raddr 192.168.7.31 rport 50000
a=candidate:1 1 udp 41885439 203.0.113.9 50001 typ relay raddr 198.51.100.4 rport 50000 generation 0
a=ice-ufrag:Xh7z
a=ice-pwd:8sDk1p0f3Jk+/8sDk1p0f3Jk
a=ice-options:trickle
a=fingerprint:sha-1 0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendrecv
a=msid:8b1f7c 3f0e
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=ptime:10
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;stereo=1;sprop-stereo=1;maxaveragebitrate=256000;useinbandfec=1;usedtx=0
a=ssrc:1 cname:kX7
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP6 ::
a=ice-ufrag:Xh7z
a=mid:1
a=sctp-port:5000
a=max-message-size:262144
"""
TOKENS = re.compile(r"[^\s;,=/\"]+")


def addresses_in(text: str) -> set[str]:
    """Return whatever in a text is an address, also behind a colon or a bracket."""
    found = set(re.findall(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", text))
    found |= set(re.findall(r"[A-Za-z0-9-]+\.local", text, re.IGNORECASE))
    for token in TOKENS.findall(text):
        for part in {token, token.strip("[]"), token.partition(":")[2]}:
            try:
                found.add(str(ipaddress.ip_address(part)))
            except ValueError:
                continue
    return found - {"0.0.0.0", "::"}


@pytest.mark.clause("network-addresses")
def test_a_browsers_offer_keeps_all_but_the_addresses() -> None:
    passed = relay_sdp(OFFER.replace("\n", "\r\n"))
    assert addresses_in(passed) == {RELAY}
    gone = {line for line in OFFER.splitlines() if line not in passed.split("\r\n")}
    assert gone == {
        "o=- 4611731400430051336 2 IN IP4 192.168.7.31",
        "m=audio 50000 UDP/TLS/RTP/SAVPF 111 63 9",
        "c=IN IP4 192.168.7.31",
        "c=IN IP6 ::",
        "a=rtcp:50001 IN IP6 2001:db8::7",
        *(line for line in OFFER.splitlines() if line.startswith("a=candidate:")),
    }
    assert "o=- 4611731400430051336 2 IN IP4 0.0.0.0\r\n" in passed
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9\r\n" in passed
    assert f"a={RELAYED} generation 0\r\n" in passed
    assert relay_sdp(passed) == passed


@pytest.mark.clause("network-addresses")
@pytest.mark.parametrize("line", [
    "candidate:1 1 udp 1 192.168.7.31 50000 typ host",
    "candidate:1 1 UDP 1 192.168.7.31 50000 typ HOST",
    "candidate:1 1 udp 1 198.51.100.4 50000 typ srflx raddr 192.168.7.31 rport 1",
    "candidate:1 1 udp 1 198.51.100.4 50000 typ prflx raddr 192.168.7.31 rport 1",
    "candidate:1 1 tcp 1 192.168.7.31 9 typ host tcptype active",
    "candidate:1 1 udp 1 2001:db8::7 50000 typ host",
    "candidate:1 1 udp 1 2001:DB8:0:0:0:0:0:7 50000 typ host",
    "candidate:1 1 udp 1 ::ffff:192.168.7.31 50000 typ host",
    "candidate:1 1 udp 1 fe80::1%eth0 50000 typ relay",
    "candidate:1 1 udp 1 192.168.7 50000 typ relay",
    "candidate:1 1 udp 1 0xC0A8071F 50000 typ relay",
    "candidate:1 1 udp 1 3232237343 50000 typ relay",
    "candidate:1 1 udp 1 192.168.007.031 50000 typ relay",
    "candidate:1 1 udp 1 4c1f.local 50000 typ relay",
    "candidate:1 1 udp 1 home.example 50000 typ relay",
    "candidate:1 1 udp 1 203.0.113.9 50000 typ relay raddr 192.168.7.31",
    "candidate:1 1 udp 1 203.0.113.9 50000 typ relay\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host",
    "candidate:1 1 udp 1 203.0.113.9 50000 typ relay\nx",
    "candidate:1 1 udp 1 203.0.113.9 50000 typ relay\0",
    "candidate:1  1 udp 1 203.0.113.9 50000 typ relay",
    "candidate:192.168.7.31 1 udp 1 203.0.113.9 50000 typ relay",
    "candidate:\uff11 1 udp 1 203.0.113.9 50000 typ relay",
    " candidate:1 1 udp 1 203.0.113.9 50000 typ relay",
    "typ relay",
])  # fmt: skip
def test_no_other_candidate_passes_however_it_is_spelled(line: str) -> None:
    assert relay_candidate(line) is None
    ice = {"k": "ice", "turn": 1, "candidate": {"candidate": line, "sdpMid": "0"}}
    assert without_addresses(ice) is None


@pytest.mark.clause("network-addresses")
def test_a_relays_candidate_passes_without_the_address_behind_it() -> None:
    own = (f"CANDIDATE:1 1 UDP 41885439 {RELAY} 50001 typ RELAY raddr 192.168.7.31 rport 4711 "
           "generation 0 ufrag Xh7z network-id 1 network-cost 50 xx 19216807 typ host")  # fmt: skip
    passed = f"{RELAYED} generation 0 ufrag Xh7z network-id 1 network-cost 50"
    assert relay_candidate(own) == passed
    assert relay_candidate(passed) == passed
    six = "candidate:1 1 udp 1 2001:DB8::0:7 5 typ relay raddr fe80::1%eth0 rport 5"
    assert relay_candidate(six) == "candidate:1 1 udp 1 2001:db8::7 5 typ relay raddr :: rport 0"
    ice = {"k": "ice", "turn": 1,
           "candidate": {"candidate": own, "sdpMid": "0", "sdpMLineIndex": 0,
                         "usernameFragment": None}}  # fmt: skip
    assert without_addresses(ice) == {
        "k": "ice", "turn": 1,
        "candidate": {"candidate": passed, "sdpMid": "0", "sdpMLineIndex": 0},
    }  # fmt: skip
    no_more = {"k": "ice", "turn": 1, "candidate": {"candidate": "", "sdpMid": "0"}}
    assert without_addresses(no_more) == no_more


@pytest.mark.clause("network-addresses")
def test_where_the_relays_addresses_are_known_no_other_is_taken_for_one() -> None:
    ice = {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED}}
    assert without_addresses(ice, [RELAY]) == ice
    assert without_addresses(ice, ["203.0.113.10"]) is None
    passed = without_addresses(offer(), ["203.0.113.10"])
    assert passed is not None
    assert addresses_in(passed["sdp"]) == set()
    six = RELAYED.replace(RELAY, "2001:DB8:0::7").replace("0.0.0.0", "::")
    assert relay_candidate(six, ["2001:db8::7"]) == six.replace("2001:DB8:0::7", "2001:db8::7")


def offer(**about: Any) -> dict[str, Any]:
    caps = {"sab": True, "dataChannel": True, "opus": True}
    return {"k": "offer", "turn": 1, "sdp": OFFER, "engine": "data", "caps": caps, **about}


@pytest.mark.clause("network-addresses")
@pytest.mark.parametrize("data", [
    {"mark": "192.168.7.31"},
    offer(x="192.168.7.31"),
    offer(engine="192.168.7.31"),
    offer(turn="192.168.7.31"),
    offer(caps={"192.168.7.31": True}),
    offer(caps={"sab": "192.168.7.31"}),
    offer(policy="192.168.7.31"),
    offer(sdp=["192.168.7.31"]),
    offer(sdp=OFFER + "a=sendrecv\n" * MAX_SDP),
    offer(sdp="a=x\n" * (MAX_LINES + 1)),
    {"k": "answer", "turn": 1, "sdp": "v=0", "raddr": "192.168.7.31"},
    {"k": "ice", "turn": 1, "candidate": RELAYED},
    {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED, "address": "192.168.7.31"}},
    {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED, "sdpMid": "192.168.7.31"}},
    {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED, "usernameFragment": "::1"}},
    {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED + " x y" * MAX_CANDIDATE}},
    {"k": "refuse", "turn": 1, "engine": "192.168.7.31"},
    {"k": "again", "turn": 1, "anew": "192.168.7.31"},
    {"k": "again", "turn": 1.5},
    {"k": "192.168.7.31", "turn": 1},
    {},
])  # fmt: skip
def test_what_is_no_message_of_ours_never_passes(data: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        without_addresses(data)


@pytest.mark.clause("network-addresses")
@pytest.mark.parametrize("line", [
    "c=IN IP4 192.168.7.31/127", "c=IN IP4 4c1f.local", "C=IN IP4 192.168.7.31",
    "a=rtcp:9 IN IP4 192.168.7.31", "a=RTCP:9 IN IP4 192.168.7.31",
    "a=remote-candidates:1 192.168.7.31 9", "a=Candidate:1 1 udp 1 192.168.7.31 9 typ host",
    "a= candidate:1 1 udp 1 192.168.7.31 9 typ host", "a=x-address:192.168.7.31",
    "a=fmtp:111 x=192.168.7.31", "a=fmtp:111 2001:db8::7", "a=ssrc:1 cname:192.168.7.31",
    "a=extmap:1 http://192.168.7.31/", "a=extmap:1 http://[2001:db8::7]/", "a=msid:4c1f.LOCAL x",
    "a=ssrc:1 cname:x@192.168.7.31", "a=source-filter: incl IN IP4 * 192.168.7.31",
    "i=192.168.7.31", "u=http://192.168.7.31/", "e=192.168.7.31", "k=prompt", "s=192.168.7.31",
    "o=ada 1 1 IN IP4 192.168.7.31", "o=192.168.7.31 x", "m=audio 9 192.168.7.31 111",
    "a=ice-ufrag:192.168.7.31", "a=setup:192.168.7.31", "a=mid:192.168.7.31",
    "a=fingerprint:sha-256 192.168.7.31", "192.168.7.31", "a=sendrecv 192.168.7.31",
])  # fmt: skip
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_line_carries_an_address_past(line: str, end: str) -> None:
    passed = relay_sdp(f"v=0{end}{line}{end}a=mid:0{end}")
    assert addresses_in(passed) == set()


def test_a_line_full_of_colons_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word with two colons is tried as an address: there may be few of them."""
    tried: list[str] = []
    real = ipaddress.ip_address

    def trying(word: str) -> Any:
        tried.append(word)
        return real(word)

    monkeypatch.setattr(ipaddress, "ip_address", trying)
    lines = ["a=fmtp:96 " + "::z," * 250] * 31
    assert relay_sdp("\r\n".join(lines)) == ""
    assert tried == []
    assert relay_sdp("a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n") != ""


LINES = OFFER.splitlines()


@given(st.lists(st.one_of(
    st.sampled_from(LINES),
    st.text(max_size=60),
    st.builds(lambda line, at, text: line[:at] + text + line[at:], st.sampled_from(LINES),
              st.integers(0, 60), st.text(max_size=8)),
    st.builds(lambda head, address: head + str(address),
              st.sampled_from(["a=fmtp:1 ", "a=ssrc:1 ", "c=IN IP4 ", "a=x:", "a=msid:"]),
              st.ip_addresses()),
), max_size=12), st.sampled_from(["\r\n", "\n"]))  # fmt: skip
def test_whatever_is_written_no_address_passes_and_twice_is_once(
    lines: list[str], end: str
) -> None:
    passed = relay_sdp(end.join(lines))
    assert addresses_in(passed) <= {RELAY}
    assert relay_sdp(passed) == passed
    assert json.loads(json.dumps(passed)) == passed
