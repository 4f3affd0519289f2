"""The yardstick: frameworks of norms as data, with their sources, their validity and the legal calendar."""
