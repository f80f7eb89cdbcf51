"""The museum desk: what an editor does in ten spare minutes. Every page works without script."""
