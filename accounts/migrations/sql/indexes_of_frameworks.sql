-- What the retention job asks of tables of the frameworks.
CREATE INDEX sign_in_age ON usersessions_usersession (created_at);
CREATE INDEX staff_log_age ON django_admin_log (action_time);
