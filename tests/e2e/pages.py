"""Pages that axe looks at, as each kind of person meets them: add a line for a new one.

What stands in braces is made by chance: see tests/e2e/furnish.py.
"""

VISITOR = """
/
/@lumen/
/bands/
/bands/porch-light/
/children/link/{parent_link}/
/children/report/
/cookies/
/find/
/find/?q=nobody-at-all
/i/{invite}/
/jam/
/jam/find/
/jam/find/?genre=jazz&recording=none
/jam/{jam}/
/leave/
/lock/
/lock/{lock_link}
/partners/
/privacy/
/privacy/?q=cookies
/privacy/requests/
/privacy/requests/?kind=enquiry
/privacy/versions/
/privacy/versions/1/
/privacy/versions/1/changes/
/recordings/{recording}/
/statistics/
/terms/
/terms/versions/
/terms/versions/1/
/account/inactive/
/account/login/
/account/signup/
/account/signup/later/
/account/password/reset/
/account/password/reset/done/
/account/password/reset/key/done/
""".split()

# Signed up a moment ago: what is said where there is nothing yet.
NEWCOMER = """
/
/jam/
/jam/find/
/jam/new/
/recordings/
/recordings/?mine
/messages/
/favourites/
/find/
/notices/
/bands/
/bands/new/
/children/
/cookies/
/privacy/
/school/
/@ines/
/settings/
/settings/?q=pasword
/settings/?q=nothing-like-it
/settings/account/
/settings/account/username/
/settings/profile/
/settings/security/
/settings/security/log/
/settings/sharing/
/settings/network-address/
/settings/storage/
/settings/sign-ins/
/settings/networks/
/settings/notifications/
/settings/privacy/
/settings/blocks/
/settings/mutes/
/settings/followers/
/settings/confirm/
/settings/consent/
/settings/consent/usage/
/settings/held/
/settings/held/accounts-user/
/settings/seen/
/settings/requests/
/settings/disclosures/
/settings/access-log/
/settings/data/
/settings/leave/
/account/email/
/account/password/change/
/account/2fa/
/account/2fa/totp/activate/
/account/2fa/webauthn/add/
/account/logout/
/styleguide/
/nothing-here/
""".split()

# In a band that she owns, with followers, blocks, and something of everything.
MEMBER = """
/
/@lumen/
/bands/
/bands/?genre=jazz
/bands/porch-light/
/bands/porch-light/edit/
/bands/porch-light/end/
/bands/porch-light/members/
/find/
/find/?open=on&instrument=double-bass
/jam/{jam}/
/jam/{jam}/chat/
/jam/{jam}/room/
/jam/{jam}/songs/
/jam/{jam}/songs/{song}/
/jam/new/?band=porch-light
/messages/
/notices/
/recordings/{recording}/
/settings/blocks/
/settings/followers/
/settings/held/
/settings/mutes/
/settings/profile/
/settings/seen/
/settings/sharing/
/settings/security/log/
""".split()

ASKED_TO_JOIN = """
/bands/
/notices/
""".split()

CHILD = """
/
/@little-finch/
/@tomas-bowing/
/favourites/
/find/
/jam/
/jam/find/
/jam/new/
/messages/
/notices/
/recordings/
/settings/
/settings/data/
/settings/followers/
/settings/held/
/settings/privacy/
/settings/profile/
/settings/security/
""".split()

GUARDIAN = """
/children/
/children/{ward}/held/accounts-user/
/children/link/{connected_link}/
/settings/
/@little-finch/
""".split()

TEACHER = """
/school/
/school/class/{class}/
/school/child/{place}/
/school/child/{place_without_account}/
/settings/
/@river-otter/
""".split()

COORDINATOR = """
/school/
/school/class/{class}/
/school/child/{place}/
""".split()
