"""What a parent is written, to the address the school has of them. No letter names the child."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.identity.models import User
from foundation.addresses import absolute
from privacy import notices
from schools import consent_words, parent_links
from schools.models import Enrolment, ParentalConsent

KIND = "parents"
notices.kind(
    KIND,
    while_leaving=True,
    why="You get this because a school gave us this address as the one of a child's parent.",
)
Scope = ParentalConsent.Scope


def notice(enrolment: Enrolment) -> None:
    """Give the direct notice: who asks, what is kept, who sees it, what a parent can do."""
    consents = enrolment.consents.order_by("pk")
    agreed = "\n\n".join(f"– {_words(consent)}" for consent in consents)
    text = _(
        "%(partner)s recorded that you agree to your child having an account here:\n\n%(agreed)s"
        "\n\nThe account is made by the school, after your consent and not before. If it is not"
        " made within 90 days, what the school entered goes, this address included.\n\n"
        "You can see, correct, take along and delete what is kept, and take your consent back, at"
        " any time, with or without an account of your own. Taking it back stops everything at"
        " once; what was collected then goes after %(days)d days.\n\n%(link)s\n\n"
        "Did you not agree, or don't you know of this? Open the link and take the consent back.\n\n"
        "All of it in our privacy policy: %(policy)s"
    ) % {
        "partner": enrolment.partner.name,
        "agreed": agreed,
        "days": 30,
        "link": parent_links.address_of(enrolment),
        "policy": absolute(reverse("policy")),
    }
    _write(enrolment, _("Your consent for your child, as the school recorded it"), text)


def account_made(enrolment: Enrolment, child: User) -> None:
    text = _(
        "%(partner)s made your child's account. The link below opens your page: connect it with an"
        " account of your own to see everything that is kept, correct it, take it along, or delete"
        " it. Without an account you can take your consent back there.\n\n%(link)s"
    ) % {"partner": enrolment.partner.name, "link": parent_links.address_of(enrolment)}
    _write(enrolment, _("Your child's account is made"), text)


def consent_recorded(enrolment: Enrolment, scope: str) -> None:
    text = _(
        "%(partner)s recorded a consent of yours:\n\n– %(words)s\n\n"
        "If you did not agree, take it back here:\n\n%(link)s"
    ) % {
        "partner": enrolment.partner.name,
        "words": consent_words.now(scope).text,
        "link": parent_links.address_of(enrolment),
    }
    _write(enrolment, _("A consent of yours was recorded"), text)


def withdrawn(enrolment: Enrolment, scopes: Sequence[str]) -> None:
    """Confirm a withdrawal: what stopped, what goes when, how it could go on."""
    if Scope.PROGRAMME not in scopes:
        text = _("Your consent to this was taken back: %(what)s. The lessons go on.") % {
            "what": Scope.PROFILE.label
        }
    elif enrolment.child_id is None:
        text = _("Your consent was taken back. No account was made, and none will be.")
    else:
        day = date_format(enrolment.delete_at, "DATE_FORMAT") if enrolment.delete_at else ""
        text = _(
            "Your consent was taken back. Your child's account is stopped: nobody sees it, nobody"
            " can sign in, nothing more is collected. What was collected goes for good on %(day)s,"
            " unless you give the school a new consent before. You can have it deleted now:"
            "\n\n%(link)s"
        ) % {"day": day, "link": parent_links.address_of(enrolment)}
    _write(enrolment, _("Your consent is taken back"), text)


def nobody_answers(enrolment: Enrolment) -> None:
    """Ask whoever reads this mailbox to answer for the child, while the school looks too."""
    day = date_format(timezone.localtime(enrolment.answer_by), "DATE_FORMAT")
    text = _(
        "Nobody with an account here answers for your child's account any more. If you do, open the"
        " link and connect an account of yours; or give the school your consent anew. If nobody"
        " does by %(day)s, the account stops: nobody sees it, nothing more is collected, and what"
        " was collected goes 30 days later.\n\n%(link)s"
    ) % {"day": day, "link": parent_links.address_of(enrolment)}
    _write(enrolment, _("Who answers for your child's account?"), text)


def _words(consent: ParentalConsent) -> str:
    return str(consent_words.now(consent.scope).text)


def _write(enrolment: Enrolment, subject: str, text: str) -> None:
    if not enrolment.guardian_email:
        return  # a parent who was erased: the school is told, and asks
    with override(settings.LANGUAGE_CODE):
        notices.write(enrolment.guardian_email, KIND, subject, text)
