"""Where the incidents of several departments meet beyond chance."""
