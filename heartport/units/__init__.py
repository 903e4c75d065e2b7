"""Units: the tree of city, district or industry, enterprise and department; invite codes; who belongs where."""
