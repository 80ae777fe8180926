"""What people do with each other's music: favourites, for now."""
