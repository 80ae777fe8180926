"""Words that a session is described with. What is stored are the slugs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Key(TextChoices):
    """Major and minor keys, each as it is commonly written, up to six accidentals."""

    C_MAJOR = "c-major", _("C major")
    G_MAJOR = "g-major", _("G major")
    D_MAJOR = "d-major", _("D major")
    A_MAJOR = "a-major", _("A major")
    E_MAJOR = "e-major", _("E major")
    B_MAJOR = "b-major", _("B major")
    F_SHARP_MAJOR = "f-sharp-major", _("F♯ major")
    D_FLAT_MAJOR = "d-flat-major", _("D♭ major")
    A_FLAT_MAJOR = "a-flat-major", _("A♭ major")
    E_FLAT_MAJOR = "e-flat-major", _("E♭ major")
    B_FLAT_MAJOR = "b-flat-major", _("B♭ major")
    F_MAJOR = "f-major", _("F major")
    A_MINOR = "a-minor", _("A minor")
    E_MINOR = "e-minor", _("E minor")
    B_MINOR = "b-minor", _("B minor")
    F_SHARP_MINOR = "f-sharp-minor", _("F♯ minor")
    C_SHARP_MINOR = "c-sharp-minor", _("C♯ minor")
    G_SHARP_MINOR = "g-sharp-minor", _("G♯ minor")
    E_FLAT_MINOR = "e-flat-minor", _("E♭ minor")
    B_FLAT_MINOR = "b-flat-minor", _("B♭ minor")
    F_MINOR = "f-minor", _("F minor")
    C_MINOR = "c-minor", _("C minor")
    G_MINOR = "g-minor", _("G minor")
    D_MINOR = "d-minor", _("D minor")
