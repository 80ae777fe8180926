from django.urls import path

from community import bands, feeds, seen, views

urlpatterns = [
    path("@<str:username>/", views.profile, name="profile"),
    path("bands/<slug:slug>/", bands.band, name="band"),
    path("settings/seen/", seen.seen, name="seen"),
    path("settings/seen/who/", seen.seen_who, name="seen_who"),
    path("recordings/<str:public_id>/who/", seen.recording_who, name="recording_who"),
    path("jams/<str:public_id>/who/", seen.jam_who, name="jam_who"),
    path("@<str:username>/favourites/", views.favourites_of, name="favourites_of"),
    path("favourites/audience/", views.favourites_audience, name="favourites_audience"),
    path("oembed", feeds.oembed, name="oembed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap"),
    path("sitemaps/<slug:kind>/<slug:day>.xml", feeds.sitemap, name="sitemap_day"),
    path("favourites/", views.favourites, name="favourites"),
    path("recordings/<str:public_id>/favourite/", views.favourite, name="favourite"),
]
