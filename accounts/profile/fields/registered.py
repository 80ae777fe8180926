"""Every part of a profile, once, in the order of the form.

To add one: its columns and its audience in `accounts.profile.models` (`Profile`, `FIELDS`), the
migration, and its entry here. Forms, pages, settings, the API and its schema, search by machines,
copies out and in, the data map, the policy, the demo world and the tests follow from it.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.profile import checks
from accounts.profile.fields.base import ProfileField, Section
from accounts.profile.fields.kinds import Lines, Prose, Text, Ticks
from accounts.profile.fields.special import (
    Day,
    Instruments,
    Languages,
    Links,
    OpenUntil,
    Picture,
    Place,
)
from accounts.profile.models import FIELDS, MAX_GENRES
from accounts.profile.vocabulary import GENDERS, GENRES, Role
from privacy import datamap as dm

YOU, MUSIC, CONTACT, PRIVATE = "you", "music", "contact", "private"
SECTIONS = (
    Section(YOU, _("You")),
    Section(MUSIC, _("Music"), also=("findable",)),
    Section(CONTACT, _("Where and how")),
    Section(
        PRIVATE,
        _("Only if you like"),
        _("Nobody but you sees these unless you say so here."),
        also=("real_name",),
    ),
)
_SIZE = _("a smaller copy of your photo, which is in your copy")

_IN_ORDER: tuple[ProfileField, ...] = (
    Picture(
        name="photo", label=_("Photo"), section=YOU, policy="photo",
        effect=_("Shown beside your name to whom you choose; place and camera data are removed."),
        looked_for=_("picture avatar image face upload"),
        data={
            "photo": dm.Datum("user.content.self_image"),
            "photo_middle": dm.Datum("user.content.self_image", export=False, note=_SIZE),
            "photo_small": dm.Datum("user.content.self_image", export=False, note=_SIZE),
        },
    ),
    Text(
        name="stage_name", label=_("Stage name"), section=YOU, policy="stage name",
        hint=_("The name on your page. Your username stays your address."),
        effect=_("The name on your page, for whom you choose; your username stays your address."),
        looked_for=_("artist name display name pseudonym"),
        data={"stage_name": dm.Datum("user.name")},
    ),
    Text(
        name="status", label=_("Status"), section=YOU, policy="line of status",
        hint=_("One line, such as what you are looking for."),
        effect=_(
            "One line under your name, such as what you are looking for, for whom you choose."
        ),
        looked_for=_("message mood line looking"),
        data={"status": dm.content()},
    ),
    Prose(
        name="bio", label=_("About you"), section=YOU, policy="words about yourself",
        heading=_("About"), linked_as="description",
        hint=_("Up to 2000 characters. **bold**, *italic*, lists and links work."),
        effect=_("Your own words on your profile, for whom you choose."),
        looked_for=_("bio biography text description markdown"),
        data={"bio": dm.content()},
    ),
    Ticks(
        name="roles", label=_("What you are here as"), section=YOU, asks=_("I am here as"),
        policy="roles (musician, teacher, student, parent)",
        of=dict(Role.choices), most=len(Role.choices), ordered=True,
        effect=_("Musician, teacher, student, parent: as many as fit, changed at any time."),
        looked_for=_("role musician teacher student parent pupil"),
        data={"roles": dm.Datum("user.content.public")},
    ),
    Instruments(
        name="instruments", label=_("Instruments"), section=MUSIC, heading=_("Plays"),
        policy="instruments and how well you play them", linked_as="knowsAbout",
        effect=_("What you play and how well, for whom you choose."),
        looked_for=_("instrument level guitar piano voice drums"),
    ),
    Ticks(
        name="genres", label=_("Genres"), section=MUSIC, policy="genres", hint=_("Up to 12."),
        of=GENRES, most=MAX_GENRES, folds=True, shows="tags", linked_as="knowsAbout",
        effect=_("The music you like to play, for whom you choose."),
        looked_for=_("genre style jazz rock classical"),
        data={"genres": dm.Datum("user.content.public")},
    ),
    Lines(
        name="artists", label=_("Favourite artists"), section=MUSIC, policy="favourite artists",
        hint=_("Whom you like to hear, one a line: up to %(most)d, of %(longest)d letters each."),
        effect=_("Those you like to hear, in your own words, for whom you choose."),
        looked_for=_("artist band musician composer influences listen taste"),
        data={"artists": dm.Datum("user.content.public")},
        examples=(
            ["The Copper Kettles", "Ida Mooring", "Low Water Choir"],
            ["Odd Socks Quintet", "Marguerite Vane"],
            ["Harbour Lights Ceilidh Band", "Tomas Reed & the Elders", "Ida Mooring"],
        ),
    ),
    OpenUntil(
        name="available", label=_("Open to jam"), section=MUSIC,
        policy='time until which you are "open to jam"',
        hint=_("Ends by itself. Nothing is kept of it."),
        effect=_("Tells whom you choose that you would play now; it ends by itself."),
        looked_for=_("available availability online ready"),
        data={
            "available_until": dm.Datum(
                "user.behavior",
                retention=dm.For(
                    timedelta(0), since="available_until", ends=True, after=_("the time you set"),
                    words=_("until the time you set"),
                ),
            ),
        },
    ),
    Place(
        name="place", label=_("Place"), section=CONTACT, asks=_("Country"),
        policy="country with a larger town", linked_as="address",
        effect=_("A country and a larger town, for whom you choose; never a finer place."),
        looked_for=_("country location where"),
        town=_("Town"),
        town_hint=_("A town of more than 15,000 people near you; never a finer place."),
        town_effect=_("The larger town near you, with the audience of your place."),
        town_looked_for=_("city location near"),
        data={
            "country": dm.Datum("user.contact.address.country"),
            "town_id": dm.Datum("user.location.imprecise"),
            "town": dm.Datum("user.location.imprecise"),
        },
    ),
    Languages(
        name="languages", label=_("Languages"), section=CONTACT, policy="languages",
        heading=_("Speaks"), linked_as="knowsLanguage",
        hint=_("Those you can talk about music in. Up to 8."),
        effect=_("Those you can talk about music in, for whom you choose."),
        looked_for=_("language speak tongue"),
        data={"languages": dm.Datum("user.demographic.language")},
    ),
    Links(
        name="links", label=_("Links"), section=CONTACT, policy="links", linked_as="sameAs",
        hint=_("One address a line, up to %(most)d, beginning with https://."),
        attrs={"spellcheck": "false", "inputmode": "url", "placeholder": "https://"},
        effect=_("Your pages elsewhere, for whom you choose."),
        looked_for=_("website homepage url social"),
        data={"links": dm.Datum("user.contact.url")},
    ),
    Text(
        name="phone", label=_("Telephone"), section=CONTACT, policy="telephone", shows="phone",
        hint=_("With the country, such as +49 30 123456."), linked_as="telephone",
        checked=checks.phone, longest=40, attrs={"type": "tel", "autocomplete": "tel"},
        effect=_("Your number, for you alone unless you choose otherwise."),
        looked_for=_("phone mobile number call"),
        data={"phone": dm.Datum("user.contact.phone_number")},
    ),
    Day(
        name="birthday", label=_("Birthday"), section=PRIVATE, policy="birthday",
        linked_as="birthDate",
        effect=_("Your birthday, for you alone unless you choose otherwise."),
        looked_for=_("date of birth age born"),
        data={"birthday": dm.Datum("user.demographic.date_of_birth")},
    ),
    Text(
        name="gender", label=_("Gender"), section=PRIVATE, policy="gender", shows="fact",
        hint=_("In your own words."), suggests=GENDERS, linked_as="gender",
        effect=_("In your own words, for you alone unless you choose otherwise."),
        looked_for=_("gender sex pronoun"),
        data={"gender": dm.Datum("user.demographic.gender")},
    ),
)  # fmt: skip

PROFILE_FIELDS: dict[str, ProfileField] = {field.name: field for field in _IN_ORDER}

if set(PROFILE_FIELDS) != set(FIELDS):
    raise ValueError(
        "Not both registered and a column of Profile: "
        + ", ".join(sorted(set(PROFILE_FIELDS) ^ set(FIELDS)))
    )
if declared := [field.name for field in _IN_ORDER if set(field.data) != set(field.columns)]:
    raise ValueError(f"The data map isn't told of each column: {', '.join(declared)}")
