"""What several tests share: references, strategies, servers, and ways to run commands."""
