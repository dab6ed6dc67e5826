"""Python posture: code, secrets and dependencies of the scripts that a team runs."""
