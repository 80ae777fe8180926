"""Leaving by mail, and what shows how far it is."""

from django.urls import path

from privacy.erasure import views

urlpatterns = [
    path("privacy/receipts/key", views.receipt_key, name="receipt_key"),
    path("privacy/orders/<str:public_id>/", views.order_callback, name="order_callback"),
    path("leave/", views.by_mail, name="leave_by_mail"),
    path("leave/confirm/<str:secret>/", views.confirm, name="leave_confirm"),
    path("leave/<str:token>/", views.state, name="leaving_state"),
    path("leave/<str:token>/<slug:kind>.json", views.receipt, name="leaving_receipt"),
]
