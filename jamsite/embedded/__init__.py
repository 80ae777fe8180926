"""PostgreSQL and Valkey from wheels, and the supervisor that keeps them and the site running."""
