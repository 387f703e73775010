"""Where to put the next posts: set cover, maximal coverage and p-median, exact."""
