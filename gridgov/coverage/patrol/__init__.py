"""Who was there: visits, dwell, absences and coverage from GPS fixes."""
