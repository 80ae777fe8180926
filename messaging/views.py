"""Pages of conversations."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import find_person
from accounts.models import User
from accounts.profile.faces import Face, Faces
from foundation import limits
from foundation.limits import TooMany
from foundation.problems import status_of, too_many_in_words
from foundation.sockets import socket_origin
from messaging import queries, services
from messaging.forms import MessageForm, StartForm
from messaging.models import Conversation, Message
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer


def _others(conversation: Any, faces: Faces) -> list[Face]:
    return [faces.of(member.user) for member in conversation.others]


def _named(others: list[Face]) -> dict[str, Any]:
    """Return who else is in a conversation, as its page and its row in the list show them."""
    return {
        "other_name": ", ".join(face.name for face in others) or _("somebody who left"),
        "other": others[0] if len(others) == 1 else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    """List conversations; POST opens one with a person named by username."""
    viewer = Viewer.looking(request)
    form = StartForm(request.POST or None, initial={"username": request.GET.get("to", "")})
    if request.method == "POST" and form.is_valid():
        try:
            limits.CONVERSATIONS.spend(request.user.pk)
            other = find_person(viewer, form.cleaned_data["username"])
            return redirect(services.conversation_between(request.user, other))
        except services.Refused:
            form.add_error(
                "username",
                _("They take messages only from people they know. Nothing was sent."),
            )
        except TooMany as error:
            form.add_error(None, too_many_in_words(error))
        except (Http404, ValueError):
            form.add_error("username", _("There is nobody else of that name here."))
    page = queries.page_of_conversations(viewer, request.GET.get("after"))
    faces = Faces(viewer)
    rows = [(row, _others(row, faces)) for row in page.items]  # all asked for before one is seen
    shapes = [
        {
            "url": row.get_absolute_url(),
            **_named(others),
            "last_text": row.last_text or "",
            "last_at": row.last_at,
            "unread": row.unread,
        }
        for row, others in rows
    ]
    context = {"conversations": shapes, "form": form, "next_url": page.next_url(request)}
    return render(request, "messaging/list.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: MemberRequest, public_id: str) -> HttpResponse:
    viewer = Viewer.looking(request)
    row = queries.conversation_for(viewer, public_id)
    form = MessageForm(request.POST or None, initial={"ref": uuid.uuid4()})
    if request.method == "POST":
        if _sent(form, row, request.user):
            return redirect(row)
        messages.error(request, _("Yours was not sent."))
    services.mark_read(row, request.user)
    faces = Faces(viewer)
    after = request.GET.get("after")
    page = queries.page_of_messages.page(viewer, after, conversation=row.pk)
    return render(
        request,
        "messaging/conversation.html",
        {
            "conversation": {
                "public_id": row.public_id,
                "url": row.get_absolute_url(),
                **_named(_others(row, faces)),
            },
            "chat_messages": [_message(row, viewer, faces) for row in reversed(page.items)],
            "earlier_url": page.next_url(request),
            "form": form,
            "socket_url": f"{socket_origin(request)}/ws/messages/{row.public_id}/",
        },
        status=status_of(form),
    )


def _sent(form: MessageForm, to: Conversation, author: User) -> bool:
    """Send what a form holds; what is wrong is said beside the words, which stay in it."""
    if not form.is_valid():
        return False
    try:
        services.write(
            to, author, text=form.cleaned_data["text"], ref=str(form.cleaned_data["ref"])
        )
    except TooMany as error:
        form.add_error("text", too_many_in_words(error))
        return False
    return True


@login_required
@require_POST
def delete_message(request: MemberRequest, public_id: str) -> HttpResponse:
    """Delete a message of one's own for everybody in it; one that is gone already stays gone."""
    viewer = Viewer.looking(request)
    row = get_visible_or_404(Conversation, viewer, public_id=public_id)
    mine = queries.messages_of(viewer, row).filter(author=request.user)
    message = mine.filter(public_id=request.POST.get("message", "")).first()
    if message is not None:
        services.take_back(request.user, message)
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return redirect(row)


def _message(message: Message, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    return {
        "public_id": message.public_id,
        "mine": message.author_id == viewer.user_id,
        "author_name": faces.of(message.author).name,
        "text": message.text,
        "at": message.created_at,
    }
