"""Settings: `base` holds what every place shares; development, test and production build on it."""
