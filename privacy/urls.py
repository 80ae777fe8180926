from django.urls import path

from privacy import media
from privacy.views import consent, evidence, exports, held, home, news, notices, policy, usage

urlpatterns = [
    path("privacy/", policy.page, name="policy"),
    path("privacy/policy.json", policy.as_json, name="policy_json"),
    path("privacy/versions/", policy.versions, name="policy_versions"),
    path("privacy/versions/<int:number>/", policy.version, name="policy_version"),
    path("privacy/versions/<int:number>/changes/", policy.changes, name="policy_changes"),
    path("privacy/announcements/<str:public_id>/", policy.announcement, name="policy_announcement"),
    path("privacy/export.schema.json", exports.format_schema, name="export_schema"),
    path("notices/", notices.index, name="notices"),
    path("settings/privacy/", home.doors, name="privacy_home"),
    path("settings/held/", held.held, name="held"),
    path("settings/held/<slug:slug>/", held.held_kind, name="held_kind"),
    path("settings/held/<slug:slug>/remove/", held.held_remove, name="held_remove"),
    path("settings/data/", exports.exports, name="exports"),
    path("settings/data/<str:public_id>/", exports.download, name="export_download"),
    path("settings/disclosures/", evidence.received, name="disclosures"),
    path("settings/looks/", evidence.looks, name="looks"),
    path("settings/consent/", consent.page, name="consent"),
    path("settings/consent/usage/", usage.mine, name="usage"),
    path("statistics/", usage.statistics, name="statistics"),
    path("unsubscribe/<str:token>/", news.unsubscribe, name="unsubscribe"),
    path("news/confirm/<str:token>/", news.confirm, name="confirm_news"),
    path("crash/", usage.crash, name="crash"),
    path("cookies/", consent.cookies, name="cookies"),
    path(".well-known/gpc.json", consent.gpc, name="gpc"),
    path("media/<str:token>", media.media, name="media"),
]
