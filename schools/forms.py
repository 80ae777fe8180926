"""What schools enter about children, what parents correct, and reports of a child's account."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from schools import consent_words
from schools.models import ParentalConsent, SchoolClass

Scope = ParentalConsent.Scope
BY_SCHOOL = _("The school, the parent, and our staff who look after schools.")
BY_CLASS = _("The class, its teachers, the school and the parent.")
BY_ANSWERERS = _("Only the staff who answer it see it.")


def _seen(field: Any, words: Any) -> Any:
    field.seen_by = words
    return field


class EvidenceForm(forms.Form):
    """How a parent's consent was verified, and where the evidence is."""

    method = _seen(
        forms.ChoiceField(
            label=_("How the consent was verified"), choices=ParentalConsent.Method.choices
        ),
        BY_SCHOOL,
    )
    evidence = _seen(
        forms.CharField(
            label=_("Where the evidence is"),
            max_length=120,
            help_text=_("Such as “folder 2026/7, sheet 14”. Keep the document with you."),
        ),
        BY_SCHOOL,
    )
    given_on = _seen(
        forms.DateField(
            label=_("Day the parent agreed"),
            initial=timezone.localdate,
            widget=forms.DateInput(attrs={"type": "date"}),
        ),
        BY_SCHOOL,
    )

    def clean_given_on(self) -> Any:
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day hasn't come yet."))
        return day


class ConsentForm(EvidenceForm):
    """A parent's consent for a child who has no account yet."""

    reference = _seen(
        forms.CharField(
            label=_("Your own mark for the child"),
            max_length=40,
            help_text=_("Such as “5b-07”. Not the name: we don't need it."),
        ),
        BY_SCHOOL,
    )
    guardian_email = _seen(
        forms.EmailField(
            label=_("The parent's e-mail address"),
            help_text=_("We write there what is kept and how to end it."),
        ),
        BY_SCHOOL,
    )
    profile = forms.BooleanField(
        label=_("The parent agreed, separately, to a picture and words about the child"),
        required=False,
        help_text=str(consent_words.now(Scope.PROFILE).text),
    )
    field_order = ["reference", "guardian_email", "method", "evidence", "given_on", "profile"]


class AddConsentForm(EvidenceForm):
    """One more consent, or a new one after the old was taken back."""

    scope = _seen(forms.ChoiceField(label=_("Consent to"), choices=Scope.choices), BY_SCHOOL)
    field_order = ["scope", "method", "evidence", "given_on"]

    def __init__(self, *args: Any, missing: Any, **kwargs: Any) -> None:
        """`missing`: the scopes that no consent in force covers."""
        super().__init__(*args, **kwargs)
        self.missing = missing
        field: Any = self.fields["scope"]
        field.choices = [
            (scope.value, capfirst(scope.label)) for scope in Scope if scope in missing
        ]


class NewParentForm(EvidenceForm):
    """Another adult who answers for a child, and their consent."""

    guardian_email = _seen(
        forms.EmailField(
            label=_("E-mail address of who answers now"),
            help_text=_("We write there what is kept and how to end it. The old link ends."),
        ),
        BY_SCHOOL,
    )
    field_order = ["guardian_email", "method", "evidence", "given_on"]


class EndGuardianForm(forms.Form):
    """Who no longer answers for a child, as the school knows, and why."""

    tie = _seen(forms.ChoiceField(label=_("Who no longer answers")), BY_SCHOOL)
    because = _seen(
        forms.CharField(
            label=_("Why"),
            min_length=8,
            max_length=300,
            help_text=_("They read these words. Name nobody else."),
        ),
        _("Who no longer answers, and our staff who look after schools."),
    )

    def __init__(self, *args: Any, ties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ties = {str(tie.pk): tie for tie in ties}
        field: Any = self.fields["tie"]
        field.choices = [(key, tie.guardian.username) for key, tie in self.ties.items()]

    def clean_tie(self) -> Any:
        return self.ties[self.cleaned_data["tie"]]


class ClassForm(forms.ModelForm[SchoolClass]):
    """A new class."""

    class Meta:
        model = SchoolClass
        fields = ["name", "term"]


class UsernameForm(forms.Form):
    """A child's username: made by the school, corrected by the parent."""

    username = _seen(
        forms.CharField(
            label=_("Username"),
            min_length=3,
            max_length=30,
            help_text=_("Letters, digits, single - or _. Nothing that tells the child's name."),
        ),
        BY_CLASS,
    )


class MoveForm(forms.Form):
    """Another class of the same school."""

    to = _seen(forms.ChoiceField(label=_("Move to the class")), BY_CLASS)

    def __init__(self, *args: Any, classes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.choices = [(school_class.public_id, school_class.name) for school_class in classes]


class ReportChildForm(forms.Form):
    """A report, by anybody, that an account belongs to a child under 13 without consent."""

    account = _seen(
        forms.CharField(
            label=_("The account"),
            max_length=200,
            help_text=_("The username, or the address of its page."),
        ),
        BY_ANSWERERS,
    )
    text = _seen(
        forms.CharField(
            label=_("What makes you think so"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("Such as: I am the parent. Don't send documents."),
        ),
        BY_ANSWERERS,
    )
    address = _seen(
        forms.EmailField(
            label=_("Your e-mail address"),
            required=False,
            help_text=_("For the answer. Without it we act all the same, and can't tell you."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        ),
        BY_ANSWERERS,
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"style": "trap"}))
