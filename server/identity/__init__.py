"""Who calls: tokens, certificates, and which of the caller's districts a call is for."""
