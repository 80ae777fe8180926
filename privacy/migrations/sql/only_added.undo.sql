DROP TRIGGER only_added ON privacy_requeststep;
DROP TRIGGER only_added ON privacy_look;
DROP FUNCTION privacy_only_added();
