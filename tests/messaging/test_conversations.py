"""Two people write to each other; nobody else knows that they do."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from messaging.models import Conversation, Member, Message
from tests.cast import Cast

LIST = "/messages/"


def start(cast: Cast, role: str, username: str) -> Any:
    return cast.client(role).post(LIST, {"username": username})


def write(cast: Cast, role: str, path: str, text: str, ref: str = "") -> Any:
    return cast.client(role).post(path, {"text": text, "ref": ref or str(uuid.uuid4())})


@pytest.mark.clause("messages")
def test_from_the_first_word_to_the_answer(cast: Cast) -> None:
    path = start(cast, "owner", "Stranger")["Location"]
    assert write(cast, "owner", path, "mark-hello").status_code == 302
    inbox = cast.client("stranger").get(LIST).content.decode()
    assert "mark-hello" in inbox
    assert write(cast, "stranger", path, "mark-answer")["Location"] == path
    page = cast.client("owner").get(path).content.decode()
    assert page.index("mark-hello") < page.index("mark-answer")


@pytest.mark.clause("messages")
def test_both_find_the_same_conversation(cast: Cast) -> None:
    found = (start(cast, "owner", "stranger"), start(cast, "stranger", "OWNER"))
    paths = {answer["Location"] for answer in found}
    assert (len(paths), Conversation.objects.count(), Member.objects.count()) == (1, 1, 2)


@pytest.mark.clause("messages")
def test_a_third_person_finds_nothing(cast: Cast) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    write(cast, "owner", path, "mark-hello")
    missing = reverse("conversation", args=["1" * 22])
    for role in ("participant", "former"):
        assert cast.client(role).get(path).status_code == 404
        assert write(cast, role, path, "mark-intruder").status_code == 404
        assert cast.client(role).get(missing).status_code == 404
        assert "mark-hello" not in cast.client(role).get(LIST).content.decode()
    assert cast.client("anonymous").get(path).status_code == 302
    assert Message.objects.count() == 1


@pytest.mark.clause("messages", "who-sees")
@pytest.mark.parametrize("name", ["leaving", "nobody", "owner", "", "x" * 31])
def test_who_can_not_be_written_to_is_nobody(cast: Cast, name: str) -> None:
    """One who left, one who never was and oneself get the same words."""
    answer = start(cast, "owner", name)
    assert answer.status_code == 422
    assert Conversation.objects.count() == 0
    if name in {"leaving", "nobody", "owner"}:
        errors = answer.context["form"].errors
        assert errors == start(cast, "owner", "neverwas").context["form"].errors


def test_sending_twice_stores_once(cast: Cast) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    ref = str(uuid.uuid4())
    for _ in range(2):
        assert write(cast, "owner", path, "once", ref).status_code == 302
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_what_is_no_message_is_not_sent_and_not_lost(cast: Cast, text: str) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    answer = write(cast, "owner", path, text)
    assert (answer.status_code, Message.objects.count()) == (422, 0)
    assert text.strip()[:50] in answer.content.decode()


def test_what_is_unread_is_told_until_it_is_read(cast: Cast) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    write(cast, "owner", path, "mark-hello")

    def unread(role: str) -> list[bool]:
        return [one["unread"] for one in cast.client(role).get(LIST).context["conversations"]]

    assert (unread("owner"), unread("stranger")) == ([False], [True])
    cast.client("stranger").get(path)
    assert unread("stranger") == [False]


def test_markup_is_shown_as_it_was_written(cast: Cast) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    write(cast, "owner", path, "<img src=x onerror=alert(1)>")
    page = cast.client("stranger").get(path).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.clause("messages")
def test_ones_own_message_is_deleted_for_both_and_nobody_elses(cast: Cast) -> None:
    path = start(cast, "owner", "Stranger")["Location"]
    write(cast, "owner", path, "mark-regret")
    write(cast, "stranger", path, "mark-answer")
    mine, theirs = Message.objects.order_by("pk")
    page = cast.client("owner").get(path).content.decode()
    assert f'form="delete-message" name="message" value="{mine.public_id}"' in page
    assert f'value="{theirs.public_id}"' not in page
    for name in (theirs.public_id, "nothing", ""):
        cast.client("owner").post(f"{path}delete/", {"message": name})
    assert Message.objects.count() == 2
    for _ in range(2):  # pressed twice
        assert (
            cast.client("owner").post(f"{path}delete/", {"message": mine.public_id})["Location"]
            == path
        )
    assert list(Message.objects.all()) == [theirs]
    for role in ("owner", "stranger"):
        assert "mark-regret" not in cast.client(role).get(path).content.decode()
        assert "mark-regret" not in cast.client(role).get(LIST).content.decode()


def test_a_conversation_shows_the_face_of_the_other(cast: Cast) -> None:
    path = start(cast, "owner", "stranger")["Location"]
    write(cast, "stranger", path, "mark-answer")
    for page in (path, LIST):
        html = cast.client("owner").get(page).content.decode()
        assert "mark-stage-stranger" in html
