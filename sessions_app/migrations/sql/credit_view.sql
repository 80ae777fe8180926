-- Who plays on a recording, as a view of stems without their sound.
CREATE VIEW sessions_app_credit AS
    SELECT id, recording_id, player_id, state FROM sessions_app_stem;
