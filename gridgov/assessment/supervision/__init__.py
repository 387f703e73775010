"""What needs somebody's eye: cases past their time, places reported again, reports sent twice."""
