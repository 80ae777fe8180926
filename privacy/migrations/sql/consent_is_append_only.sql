-- Evidence is written once: the database refuses to change a record, and to delete one outside an
-- erasure, which only the role that owns the table can run.
CREATE FUNCTION privacy_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND current_setting('jamsite.erasing', true) = 'on'
        AND pg_has_role(
            current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE'
        )
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'consent records are append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consent_is_append_only
    BEFORE UPDATE OR DELETE ON privacy_consentrecord
    FOR EACH ROW EXECUTE FUNCTION privacy_consent_is_append_only();
