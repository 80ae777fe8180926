DROP VIEW sessions_app_credit;
