"""Who is calling: functions prove themselves by OIDC tokens, people by bearer tokens of ours."""
