"""The words that profiles, searches and bands are written with: their slugs and what they mean."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.profile.fields.shapes import LanguageSerializer, NamedSerializer
from accounts.profile.vocabulary import GENRES, INSTRUMENTS, Words, language_names
from foundation.strict import StrictQuery


class Named(StrictQuery, APIView):
    """All words of one kind, by their names; few enough for one answer."""

    permission_classes = [AllowAny]
    words: Words = {}

    @extend_schema(responses=NamedSerializer(many=True))
    def get(self, request: Request) -> Response:
        named = [{"slug": slug, "name": str(name)} for slug, name in self.words.items()]
        return Response(sorted(named, key=lambda word: word["name"]))


class InstrumentWords(Named):
    """Instruments, as profiles and the search of people take them."""

    words = INSTRUMENTS


class GenreWords(Named):
    """Genres, as profiles, bands and the search of people take them."""

    words = GENRES


class LanguageWords(StrictQuery, APIView):
    """Languages (ISO 639), as profiles and the search of people take them."""

    permission_classes = [AllowAny]

    @extend_schema(responses=LanguageSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows: list[Any] = sorted(language_names(), key=lambda pair: pair[1])
        return Response([{"code": code, "name": name} for code, name in rows])
