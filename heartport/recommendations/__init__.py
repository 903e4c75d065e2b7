"""推荐: what a person might read or hear next, each with its reason."""
