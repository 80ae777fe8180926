DROP TRIGGER consent_is_append_only ON privacy_consentrecord;
DROP FUNCTION privacy_consent_is_append_only();
