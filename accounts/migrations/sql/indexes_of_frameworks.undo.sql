DROP INDEX sign_in_age;
DROP INDEX staff_log_age;
