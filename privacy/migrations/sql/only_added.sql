-- Rows that are evidence are only added: PostgreSQL refuses to change them. The columns named in a
-- trigger may become empty (when the person they name leaves); nothing else changes. Rows go by
-- erasure and by retention.
CREATE FUNCTION privacy_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF coalesce(becomes ->> name, '') = '' THEN
            was := was - name;
            becomes := becomes - name;
        END IF;
    END LOOP;
    IF was <> becomes THEN
        RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_added BEFORE UPDATE ON privacy_accesslogentry FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('staff_id');
CREATE TRIGGER only_added BEFORE UPDATE ON privacy_requeststep FOR EACH ROW
    EXECUTE FUNCTION privacy_only_added('staff_id', 'text');
