-- An active child account has a parent's consent: held at the end of each transaction. Consents and
-- their withdrawals are only added; of the staff who recorded one the name may go.
CREATE FUNCTION schools_child_has_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    child bigint;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        child := NEW.id;
    ELSIF TG_TABLE_NAME = 'schools_parentalconsent' THEN
        SELECT e.child_id INTO child FROM schools_enrolment e WHERE e.id = OLD.enrolment_id;
    ELSIF TG_TABLE_NAME = 'schools_enrolment' THEN
        child := OLD.child_id;
    ELSE
        SELECT e.child_id INTO child FROM schools_parentalconsent c
            JOIN schools_enrolment e ON e.id = c.enrolment_id WHERE c.id = NEW.consent_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_user u
        WHERE u.id = child AND u.age_group = 'child' AND u.state = 'active'
    ) AND NOT EXISTS (
        SELECT 1 FROM schools_enrolment e
            JOIN schools_parentalconsent c ON c.enrolment_id = e.id AND c.scope = 'programme'
        WHERE e.child_id = child AND NOT EXISTS (
            SELECT 1 FROM schools_consentwithdrawal w WHERE w.consent_id = c.id
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
    EXECUTE FUNCTION schools_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER INSERT ON schools_consentwithdrawal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION schools_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER DELETE ON schools_parentalconsent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION schools_child_has_consent();
CREATE CONSTRAINT TRIGGER child_has_consent
    AFTER DELETE OR UPDATE OF child_id ON schools_enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION schools_child_has_consent();

CREATE TRIGGER only_added BEFORE UPDATE ON schools_parentalconsent FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('recorded_by_id');
CREATE TRIGGER only_added BEFORE UPDATE ON schools_consentwithdrawal FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('person_id');
