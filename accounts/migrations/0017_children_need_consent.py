"""An active child account has a parent's consent: held by PostgreSQL at the end of a transaction.

Consents and their withdrawals are only added; of the staff who recorded one the name may go.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_child_has_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    child bigint;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        child := NEW.id;
    ELSIF TG_TABLE_NAME = 'accounts_parentalconsent' THEN
        SELECT e.child_id INTO child FROM accounts_enrolment e WHERE e.id = OLD.enrolment_id;
    ELSIF TG_TABLE_NAME = 'accounts_enrolment' THEN
        child := OLD.child_id;
    ELSE
        SELECT e.child_id INTO child FROM accounts_parentalconsent c
            JOIN accounts_enrolment e ON e.id = c.enrolment_id WHERE c.id = NEW.consent_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_user u
        WHERE u.id = child AND u.age_group = 'child' AND u.state = 'active'
    ) AND NOT EXISTS (
        SELECT 1 FROM accounts_enrolment e
            JOIN accounts_parentalconsent c ON c.enrolment_id = e.id AND c.scope = 'programme'
        WHERE e.child_id = child AND NOT EXISTS (
            SELECT 1 FROM accounts_consentwithdrawal w WHERE w.consent_id = c.id
        )
    ) THEN
        RAISE EXCEPTION 'a child''s account needs a parent''s consent'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER INSERT OR UPDATE OF age_group, state ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.age_group = 'child' AND NEW.state = 'active')
    EXECUTE FUNCTION accounts_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER INSERT ON accounts_consentwithdrawal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER DELETE ON accounts_parentalconsent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER DELETE OR UPDATE OF child_id ON accounts_enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_child_has_consent();

CREATE TRIGGER only_added BEFORE UPDATE ON accounts_parentalconsent FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('recorded_by_id');
CREATE TRIGGER only_added BEFORE UPDATE ON accounts_consentwithdrawal FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('person_id');
"""
DROP = """
DROP TRIGGER only_added ON accounts_consentwithdrawal;
DROP TRIGGER only_added ON accounts_parentalconsent;
DROP TRIGGER child_has_consent ON accounts_enrolment;
DROP TRIGGER child_has_consent ON accounts_parentalconsent;
DROP TRIGGER child_has_consent ON accounts_consentwithdrawal;
DROP TRIGGER child_has_consent ON accounts_user;
DROP FUNCTION accounts_child_has_consent();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_children"),
        ("privacy", "0008_looks_are_only_added"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
