"""Schools, and the parents of their children."""

from django.urls import path

from schools.views import parents, schools

urlpatterns = [
    path("partners/", schools.partner_list, name="partners"),
    path("school/", schools.schools, name="schools"),
    path("school/at/<slug:slug>/", schools.school, name="school"),
    path("school/class/<str:public_id>/", schools.school_class, name="school_class"),
    path("school/child/<str:public_id>/", schools.school_child, name="school_child"),
    path("children/", parents.wards, name="wards"),
    path("children/report/", parents.report, name="report_child"),
    path("children/answer/<str:token>/", parents.guardian_link, name="guardian_link"),
    path("children/link/<str:token>/", parents.by_link, name="parent_link"),
    path("children/<str:public_id>/", parents.ward, name="ward"),
    path("children/<str:public_id>/held/<slug:slug>/", parents.ward_held, name="ward_held"),
    path("children/<str:public_id>/copy/<str:copy_id>/", parents.ward_copy, name="ward_copy"),
]
