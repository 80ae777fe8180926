DROP TRIGGER only_added ON privacy_requeststep;
DROP TRIGGER only_added ON privacy_accesslogentry;
DROP FUNCTION privacy_only_added();
