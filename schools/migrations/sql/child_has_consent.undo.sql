DROP TRIGGER only_added ON schools_consentwithdrawal;
DROP TRIGGER only_added ON schools_parentalconsent;
DROP TRIGGER child_has_consent ON schools_enrolment;
DROP TRIGGER child_has_consent ON schools_parentalconsent;
DROP TRIGGER child_has_consent ON schools_consentwithdrawal;
DROP TRIGGER child_has_consent ON accounts_user;
DROP FUNCTION schools_child_has_consent();
