"""Where to walk: daily walks per street, and what they meet in held-out months."""
