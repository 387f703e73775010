"""Who is not telling us: reporting shares, blind spots, channels that fall silent."""
