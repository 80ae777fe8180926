"""Names of the fideslang taxonomy of data categories (version 3.1.4) that this site may use.

Each was compared by hand with `fideslang.default_taxonomy.data_categories` of that version; the
package itself can't be installed beside ours (it wants pydantic below 2.13). A category that is
missing here and exists there may be added; one that doesn't exist there may not.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CATEGORIES: Mapping[str, str | Promise] = {
    "system.authentication": _("keys of the site itself"),
    "system.operations": _("technical data"),
    "user": _("anything about you"),
    "user.account": _("your account"),
    "user.account.settings": _("your settings"),
    "user.account.username": _("your username"),
    "user.authorization.biometric": _("passkeys"),
    "user.authorization.credentials": _("keys that open your account"),
    "user.authorization.password": _("your password, as a hash"),
    "user.behavior": _("what you did, and when"),
    "user.behavior.media_consumption": _("what you listened to"),
    "user.behavior.search_history": _("what you searched for"),
    "user.biometric.voice": _("your voice and your playing, as sound"),
    "user.childrens": _("data of a child"),
    "user.contact": _("ways to reach you"),
    "user.contact.address.country": _("your country"),
    "user.contact.email": _("your e-mail address"),
    "user.contact.phone_number": _("your telephone number"),
    "user.contact.url": _("your web addresses"),
    "user.content": _("what you made"),
    "user.content.private": _("what you wrote to somebody"),
    "user.content.public": _("what you published"),
    "user.content.self_image": _("your picture"),
    "user.demographic.age_range": _("your age group"),
    "user.demographic.date_of_birth": _("your date of birth"),
    "user.demographic.gender": _("your gender"),
    "user.demographic.language": _("your language"),
    "user.device": _("your device and browser"),
    "user.device.cookie": _("cookies"),
    "user.device.cookie_id": _("the id in a cookie"),
    "user.device.device_id": _("the id of a device"),
    "user.device.ip_address": _("your network address"),
    "user.financial.bank_account": _("your bank account"),
    "user.location.imprecise": _("roughly where you are"),
    "user.name": _("your name"),
    "user.payment": _("payments"),
    "user.privacy_preferences": _("your privacy choices"),
    "user.sensor": _("sensors of your device"),
    "user.social": _("people you are tied to"),
    "user.telemetry": _("measurements of your connection"),
    "user.unique_id": _("random ids that we use in place of your name"),
    "user.unique_id.pseudonymous": _("codes computed so that they don't name you"),
}
