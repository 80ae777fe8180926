"""Schools, and the parents of their children: a page, and below it an address for each action."""

from django.urls import include, path

from schools.views import links, parents, school_children, schools

# At school, of one child.
PLACE = [
    path("", school_children.school_child, name="school_child"),
    path("account/", school_children.create_account, name="create_child_account"),
    path("password/", school_children.renew_password, name="renew_child_password"),
    path("consent/", school_children.add_consent, name="add_child_consent"),
    path("parent/", school_children.change_parent, name="change_child_parent"),
    path("move/", school_children.move, name="move_child"),
    path("end-guardianship/", school_children.end_guardianship, name="end_guardianship"),
    path("withdraw/", school_children.withdraw_consent, name="withdraw_child_consent"),
]
# Of a child, by who answers for it.
WARD = [
    path("", parents.ward, name="ward"),
    path("held/<slug:slug>/", parents.ward_held, name="ward_held"),
    path("copy/<str:copy_id>/", parents.ward_copy, name="ward_copy"),
    path("copy/", parents.order_copy, name="order_ward_copy"),
    path("rename/", parents.rename_ward, name="rename_ward"),
    path("withdraw/", parents.withdraw, name="withdraw_ward"),
    path("withdraw-profile/", parents.withdraw_profile, name="withdraw_ward_profile"),
    path("delete/", parents.delete_ward, name="delete_ward"),
    path("keep/", parents.keep_ward, name="keep_ward"),
    path("invite/", parents.invite_guardian, name="invite_guardian"),
    path("stop-answering/", parents.stop_answering, name="stop_answering"),
]
# By the link in a parent's letters.
PARENT_LINK = [
    path("", links.by_link, name="parent_link"),
    path("withdraw/", links.withdraw_by_link, name="withdraw_by_link"),
    path("delete/", links.delete_by_link, name="delete_by_link"),
    path("connect/", links.connect_by_link, name="connect_by_link"),
]

urlpatterns = [
    path("partners/", schools.partner_list, name="partners"),
    path("school/", schools.schools, name="schools"),
    path("school/at/<slug:slug>/", schools.school, name="school"),
    path("school/class/<str:public_id>/", schools.school_class, name="school_class"),
    path("school/child/<str:public_id>/", include(PLACE)),
    path("children/", parents.wards, name="wards"),
    path("children/report/", parents.report, name="report_child"),
    path("children/answer/<str:token>/", links.guardian_link, name="guardian_link"),
    path("children/link/<str:token>/", include(PARENT_LINK)),
    path("children/<str:public_id>/", include(WARD)),
]
