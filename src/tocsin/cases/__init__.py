"""Cases: findings that belong together, why, and what to do now."""
