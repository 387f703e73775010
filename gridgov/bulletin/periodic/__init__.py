"""Daily, weekly, monthly and yearly bulletins: what they count, say, show and write."""
