"""The policy and the terms of service."""

from django.urls import path

from privacy.policy.views import policy, terms

urlpatterns = [
    path("privacy/", policy.page, name="policy"),
    path("privacy/policy.json", policy.as_json, name="policy_json"),
    path("privacy/versions/", policy.versions, name="policy_versions"),
    path("privacy/versions/<int:number>/", policy.version, name="policy_version"),
    path("privacy/versions/<int:number>/changes/", policy.changes, name="policy_changes"),
    path("privacy/announcements/<str:public_id>/", policy.announcement, name="policy_announcement"),
    path("terms/", terms.page, name="terms"),
    path("terms/terms.json", terms.as_json, name="terms_json"),
    path("terms/versions/", terms.versions, name="terms_versions"),
    path("terms/versions/<int:number>/", terms.version, name="terms_version"),
    path("terms/versions/<int:number>/changes/", terms.changes, name="terms_changes"),
]
