from django.urls import path

from messaging.consumers import ConversationConsumer
from sessions_app.consumers import JamConsumer

patterns = [
    path("ws/jam/<str:public_id>/", JamConsumer.as_asgi(), name="jam-socket"),
    path("ws/messages/<str:public_id>/", ConversationConsumer.as_asgi(), name="messages-socket"),
]
